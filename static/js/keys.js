// Single keys for reading. Never while one types or composes, never with a modifier, and off for who wants them off.
(() => {
  const PLACES = { h: "/", b: "/boards", u: "/?sort=unread", n: "/notifications", m: "/messages" };
  const GO_MS = 1_500;
  const TYPING = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable], [role=listbox], [role=menu]";
  const words = document.getElementById("topic-words")?.dataset ?? {};
  let going = 0;

  const stored = (value) => {
    try { return value === undefined ? localStorage.getItem("quorum_keys") : localStorage.setItem("quorum_keys", value); } catch { return null; }
  };
  const stops = () => [...document.querySelectorAll("#comments > [data-number], .topics > .topic, .written > li, .found > li")].filter((el) => el.checkVisibility?.() ?? true);
  const here = (among) => among.find((el) => el.contains(document.activeElement)) ?? null;

  // The next one after where one is: the focus, else what is read.
  function step(by) {
    const among = stops();
    if (!among.length) return false;
    const held = here(among), line = innerHeight * 0.12;
    let at = held && inView(held) ? among.indexOf(held) + by : -1;
    if (at < 0 && !(held && inView(held))) {
      const first = among.findIndex((el) => el.getBoundingClientRect().bottom > line);
      const begun = first >= 0 && among[first].getBoundingClientRect().top < line - 1;
      at = by > 0 ? (begun && scrollY ? first + 1 : Math.max(first, 0)) : first - (begun ? 0 : 1);
    }
    const next = among[Math.max(0, Math.min(at, among.length - 1))];
    const target = next.querySelector(".topic-title a") ?? (next.dataset.number ? next : next.querySelector("a"));
    if (target === next) next.tabIndex = -1;
    target.focus({ preventScroll: true });
    next.scrollIntoView({ block: next.dataset.number ? "start" : "nearest", behavior: "instant" });
    if (next.dataset.number && words.at) announce(words.at.replace("{n}", next.dataset.number).replace("{name}", () => next.querySelector(".name")?.textContent ?? ""));
    return true;
  }

  const inView = (el) => { const box = el.getBoundingClientRect(); return box.bottom > 0 && box.top < innerHeight; };
  const announce = (text) => { document.getElementById("announce").textContent = text; };
  const press = (el) => { el?.click(); return Boolean(el); };
  const comment = () => here(stops()) ?? document.querySelector("#comments > :target");

  function write() {
    if (press(comment()?.querySelector(".act-reply"))) return true;
    const box = document.querySelector("#reply textarea");
    box?.focus();
    return Boolean(box);
  }

  function search() {
    const box = [...document.querySelectorAll("input[type=search]")].find((el) => el.checkVisibility?.() ?? true);
    box ? (box.focus(), box.select()) : location.assign("/search");
    return true;
  }

  async function help() {
    try {
      const answer = await fetch("/keys");
      if (!answer.ok) throw new Error(answer.status);
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const dialog = document.createElement("dialog");
      dialog.className = "help";
      dialog.setAttribute("aria-labelledby", "keys-title");
      dialog.append(...page.getElementById("keys").childNodes);
      dialog.addEventListener("close", () => dialog.remove());
      dialog.addEventListener("click", ({ target }) => { if (target === dialog || target.closest("[data-close]")) dialog.close(); });
      document.body.append(dialog);
      show(dialog);
      dialog.showModal();
    } catch { location.assign("/keys"); }
  }

  const KEYS = {
    j: () => step(1), k: () => step(-1), r: write, "/": search,
    l: () => press(comment()?.querySelector(".act-like")),
    "?": () => { help(); return true; },
    g: () => { going = Date.now(); return true; },
  };

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.repeat && key !== "j" && key !== "k") return;
    if (stored() === "off" || target.closest?.(TYPING) || document.querySelector("dialog[open]")) return;
    const place = Date.now() - going < GO_MS && PLACES[key];
    going = 0;
    if (place) { event.preventDefault(); return location.assign(place); }
    if (Object.hasOwn(KEYS, key) && KEYS[key]()) event.preventDefault();
  });

  // The switch on the page of the keys, and in the dialog.
  const show = (within) => { for (const box of within.querySelectorAll("[data-keys]")) box.checked = stored() !== "off"; };
  document.addEventListener("change", ({ target }) => { if (target.matches("[data-keys]")) stored(target.checked ? "on" : "off"); });
  show(document);
})();
