// The list of notifications: choosing all at once, and a word when something new has come while it was open.
(() => {
  const all = document.querySelector("[data-note-all]");
  const ticks = () => [...document.querySelectorAll('input[form="read"][name="ids"]')];
  if (all) {
    const box = all.querySelector("input");
    all.hidden = false;
    box.addEventListener("change", () => { for (const tick of ticks()) tick.checked = box.checked; });
    document.addEventListener("change", ({ target }) => { if (target.matches('input[form="read"]')) box.checked = ticks().every((tick) => tick.checked); });
  }
  document.addEventListener("quorum:event", ({ detail }) => {
    if (detail.kind !== "message") document.querySelector("[data-note-new]").hidden = false;
  });
})();
