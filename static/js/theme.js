// The theme links work without this; with it the page changes in place, and the server is told on the side.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-theme-value]");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  const value = link.dataset.themeValue;
  document.documentElement.dataset.theme = value;
  document.querySelector('meta[name="color-scheme"]').content = value === "system" ? "light dark" : value;
  const paper = getComputedStyle(document.documentElement).backgroundColor;
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) { meta.removeAttribute("media"); meta.content = paper; }
  for (const other of document.querySelectorAll("a[data-theme-value]")) {
    other.dataset.themeValue === value ? other.setAttribute("aria-current", "true") : other.removeAttribute("aria-current");
  }
  try {
    const answer = await fetch(link.href, { redirect: "manual", credentials: "same-origin" });
    if (answer.status >= 400) throw new Error(answer.status);
  } catch {
    location.assign(link.href);
  }
});
