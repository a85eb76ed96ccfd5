// A list of which several can be chosen: a plain click or the space bar chooses one more, as on a touch screen.
for (const list of document.querySelectorAll("select[data-many]")) {
  if (!matchMedia("(pointer: fine)").matches) continue;
  list.addEventListener("mousedown", (event) => {
    const option = event.target.closest("option");
    if (!option || list.disabled) return;
    event.preventDefault();
    const top = list.scrollTop;
    option.selected = !option.selected;
    list.focus({ preventScroll: true });
    list.scrollTop = top;
    list.dispatchEvent(new Event("change", { bubbles: true }));
  });
  list.closest(".field").querySelector("[data-many-hint]")?.remove();
}
