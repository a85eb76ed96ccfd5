// Buttons that do and undo, in place: without JavaScript each is a form that leads back to where it stands.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("button[data-flip]");
  if (!button?.form || button.dataset.busy) return;
  event.preventDefault();
  button.dataset.busy = "1";
  const body = new URLSearchParams(new FormData(button.form));
  const answer = await fetch(button.formAction, { method: "POST", body, redirect: "manual" }).catch(() => null);
  delete button.dataset.busy;
  if (answer?.type !== "opaqueredirect") return button.form.requestSubmit(button); // whatever is wrong, its page says so
  const other = button.dataset.flip;
  button.dataset.flip = button.getAttribute("formaction");
  button.setAttribute("formaction", other);
  button.ariaPressed = String(button.ariaPressed !== "true");
});
