// Decisions by one key: each presses the button of the item that is marked. `s` goes on, `S` back, `z` undoes the last.
(() => {
  const items = [...document.querySelectorAll("[data-queue] > [data-item]")];
  const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
  const undo = document.querySelector("[data-queue-undo]");
  let at = Math.max(0, items.findIndex((item) => item.matches(":target")));
  let sent = false;

  function go(to, focus = true) {
    if (!items.length) return;
    at = Math.max(0, Math.min(to, items.length - 1));
    items.forEach((item, number) => item.classList.toggle("queue-here", number === at));
    if (focus) {
      items[at].focus({ preventScroll: true });
      items[at].scrollIntoView({ block: "start", behavior: "instant" });
    }
  }

  document.addEventListener("focusin", ({ target }) => {
    const number = items.findIndex((item) => item.contains(target));
    if (number >= 0 && number !== at) go(number, false);
  });

  // Before the keys of every page, some of which are the same.
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    try { if (localStorage.getItem("quorum_keys") === "off") return; } catch { /* without storage keys are on */ }
    if (!(items.length || undo) || target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    if (key === "s") go(at + 1);
    else if (key === "S") go(at - 1);
    else {
      const button = undo?.dataset.key === key ? undo : items[at]?.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (!button || sent) return;
      sent = true;
      button.click();
      setTimeout(() => { sent = false; }, 1_500);
    }
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  go(at, false);
})();
