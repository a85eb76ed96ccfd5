// The order of boards: by dragging the handle, or by the arrow keys on it. Without scripts the arrows beside it do it.
(() => {
  const list = document.querySelector("[data-boards]");
  if (!list) return;
  const said = document.querySelector("[data-boards-said]");
  const token = document.querySelector('meta[name="csrf-token"]').content;
  let saving = Promise.resolve();

  const rows = () => [...list.children];
  const beside = (row) => rows().filter((other) => other.dataset.parent === row.dataset.parent && other.querySelector("[data-grip]"));
  // A board takes along what stands below it.
  const block = (row) => [row, ...rows().filter((other) => other.dataset.parent === row.dataset.board)];
  const following = (row) => beside(row)[beside(row).indexOf(row) + 1] ?? null;

  function put(row, before) {
    if (before === row || before === following(row)) return;
    const own = block(row);
    const rest = rows().filter((other) => !own.includes(other));
    const last = beside(row).filter((other) => other !== row).at(-1);
    const at = before ? rest.indexOf(before) : rest.indexOf(block(last).at(-1)) + 1;
    // The others make room: what is taken out of the document loses pointer and focus.
    own[0].before(...rest.slice(0, at));
    own.at(-1).after(...rest.slice(at));
  }

  async function save(row, as_it_was) {
    const before = following(row)?.dataset.board ?? "";
    let text = list.dataset.failed;
    try {
      const body = new URLSearchParams({ before });
      const headers = { Accept: "application/json", "X-CSRF-Token": token };
      const answer = await fetch(`/admin/boards/${row.dataset.board}/place`, { method: "POST", headers, body });
      if (answer.ok) {
        said.textContent = list.dataset.saved.replace("{board}", row.dataset.name);
        return;
      }
      text = (await answer.json()).errmsg ?? text;
    } catch {
      // The sentence stands there already.
    }
    list.append(...as_it_was);
    said.textContent = text;
  }

  function moved(row, as_it_was) {
    if (rows().every((other, at) => other === as_it_was[at])) return;
    said.textContent = "";
    saving = saving.then(() => save(row, as_it_was));
  }

  function drag(grip, row, event) {
    const as_it_was = rows();
    grip.setPointerCapture(event.pointerId);
    row.classList.add("board-dragged");
    const follow = ({ clientY }) => {
      const below = beside(row).filter((other) => other !== row).find((other) => {
        const parts = block(other);
        return clientY < (parts[0].getBoundingClientRect().top + parts.at(-1).getBoundingClientRect().bottom) / 2;
      });
      put(row, below ?? null);
    };
    const end = ({ type }) => {
      for (const name of ["pointermove", "pointerup", "pointercancel"]) grip.removeEventListener(name, name === "pointermove" ? follow : end);
      row.classList.remove("board-dragged");
      if (type === "pointercancel") list.append(...as_it_was);
      else moved(row, as_it_was);
    };
    grip.addEventListener("pointermove", follow);
    for (const name of ["pointerup", "pointercancel"]) grip.addEventListener(name, end);
  }

  function step(grip, row, by) {
    const as_it_was = rows();
    const others = beside(row);
    const to = others.indexOf(row) + by;
    if (to < 0 || to >= others.length) return;
    put(row, by < 0 ? others[to] : following(others[to]));
    moved(row, as_it_was);
  }

  for (const grip of list.querySelectorAll("[data-grip]")) {
    const row = grip.closest("[data-board]");
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => {
      if (event.button === 0) drag(grip, row, event);
    });
    grip.addEventListener("keydown", (event) => {
      const by = { ArrowUp: -1, ArrowDown: 1 }[event.key];
      if (!by) return;
      event.preventDefault();
      step(grip, row, by);
    });
  }
})();
