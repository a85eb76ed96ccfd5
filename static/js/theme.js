// The switches of the theme work without this; with it the page changes in place, and the server is told on the side: by
// the link of a guest, by the button of who is logged in.
document.addEventListener("click", async (event) => {
  const control = event.target.closest("[data-theme-value]");
  if (!control || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const value = control.dataset.themeValue;
  document.documentElement.dataset.theme = value;
  document.querySelector('meta[name="color-scheme"]').content = value === "system" ? "light dark" : value;
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) { meta.removeAttribute("media"); meta.content = paper; }
  for (const other of document.querySelectorAll("[data-theme-value]")) {
    other.dataset.themeValue === value ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current");
  }
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const told = control.form ? { method: "POST", headers: { "X-CSRF-Token": token } } : {};
  try {
    const answer = await fetch(control.href ?? control.formAction, { ...told, redirect: "manual", credentials: "same-origin" });
    if (answer.status >= 400) throw new Error(answer.status);
  } catch {
    control.form ? control.form.requestSubmit(control) : location.assign(control.href);
  }
});
