// The card over a name. Each link to a profile works without it; here it is fetched once, and follows pointer and focus.
(() => {
  const HOVER_MS = 350, FOCUS_MS = 600, LEAVE_MS = 250, GAP = 6, EDGE = 8;
  const PERSON = /^\/users\/[0-9a-f]{24}$/;
  const INSIDE = "a[href], button";
  const kept = new Map();
  let card = null, anchor = null, wanted = null, quiet = null, timer = 0, byTouch = false;

  function linkAt(target) {
    const link = target.closest?.("a[href]");
    const names = link && link.origin === location.origin && PERSON.test(link.pathname) && !link.hash;
    return names && !link.closest("nav, .menu, .hover") ? link : null;
  }

  function load(path) {
    if (!kept.has(path)) {
      const html = fetch(`${path}/card`).then((answer) => answer.ok ? answer.text() : Promise.reject(answer.status));
      html.catch(() => kept.delete(path));
      kept.set(path, html);
    }
    return kept.get(path);
  }

  function later(work, ms) { clearTimeout(timer); timer = setTimeout(work, ms); }

  function want(link, ms) {
    wanted = link;
    if (link === anchor) clearTimeout(timer);
    else later(() => open(link), ms);
  }

  async function open(link) {
    let html;
    try { html = await load(link.pathname); } catch { return; }
    if (wanted !== link || !link.isConnected) return;
    close();
    anchor = wanted = link;
    card = document.createElement("div");
    card.id = card.className = "hover";
    card.popover = "manual";
    card.role = "dialog";
    fill(html);
    document.body.append(card);
    card.showPopover?.();
    place();
    link.setAttribute("aria-expanded", "true");
    link.setAttribute("aria-controls", "hover");
  }

  function fill(html) {
    card.innerHTML = html;
    const name = card.querySelector(".name")?.textContent ?? "";
    card.ariaLabel = (document.getElementById("words").dataset.card ?? "{name}").replace("{name}", () => name);
  }

  // Below the line of the link, above it where there is no room; never over the edge.
  function place() {
    const line = anchor.getClientRects()[0] ?? anchor.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = card;
    const above = line.bottom + GAP + height > innerHeight && line.top - GAP - height > 0;
    const left = Math.max(EDGE, Math.min(line.left, document.documentElement.clientWidth - width - EDGE));
    card.style.left = `${left + scrollX}px`;
    card.style.top = `${(above ? line.top - GAP - height : line.bottom + GAP) + scrollY}px`;
  }

  function close() {
    clearTimeout(timer);
    wanted = null;
    if (!card) return;
    anchor.removeAttribute("aria-expanded");
    anchor.removeAttribute("aria-controls");
    card.remove();
    card = anchor = null;
  }

  document.addEventListener("pointerover", ({ target, pointerType }) => {
    if (pointerType !== "mouse") return;
    const link = linkAt(target);
    if (link) want(link, HOVER_MS);
    else if (card?.contains(target)) { wanted = anchor; clearTimeout(timer); }
    else if (card ? !card.querySelector(":focus-visible") : wanted) { wanted = null; later(close, LEAVE_MS); }
  });

  document.addEventListener("focusin", ({ target }) => {
    const link = linkAt(target);
    if (link !== quiet) quiet = null;
    if (link && !quiet && !byTouch && link.matches(":focus-visible")) want(link, FOCUS_MS);
    else if (!card?.contains(target) && target !== anchor) close();
  });

  document.addEventListener("pointerdown", ({ target, pointerType }) => {
    byTouch = pointerType === "touch";
    if (card && !card.contains(target) && linkAt(target) !== anchor) close();
  });

  document.addEventListener("keydown", (event) => {
    byTouch = false;
    if (!card || event.isComposing) { if (event.key === "Escape") close(); return; }
    const within = card.contains(document.activeElement);
    const stops = [...card.querySelectorAll(INSIDE)];
    if (event.key === "Escape") {
      const back = anchor;
      quiet = back;
      close();
      if (within) back.focus();
    } else if (event.key === "Tab" && document.activeElement === anchor && !event.shiftKey && stops.length) {
      event.preventDefault();
      clearTimeout(timer);
      stops[0].focus();
    } else if (event.key === "Tab" && within && document.activeElement === stops.at(event.shiftKey ? 0 : -1)) {
      if (event.shiftKey) event.preventDefault();
      const back = anchor;
      quiet = back;
      if (!event.shiftKey) close();
      back.focus(); // and the browser goes on from there
    }
  });

  // The first tap shows the card, the second follows the link.
  document.addEventListener("click", (event) => {
    const link = linkAt(event.target);
    if (link && byTouch && link !== anchor) {
      event.preventDefault();
      want(link, 0);
    }
    const button = event.target.closest?.(".hover button[formaction]");
    if (button) {
      event.preventDefault();
      press(button);
    }
  });

  async function press(button) {
    const body = new URLSearchParams({ csrf_token: document.querySelector('meta[name="csrf-token"]').content, part: "card" });
    if (button.ariaDisabled) return;
    button.ariaDisabled = "true";
    try {
      const answer = await fetch(button.formAction, { method: "POST", body });
      if (!answer.ok) throw new Error(answer.status);
      const html = await answer.text();
      kept.clear();
      kept.set(anchor.pathname, Promise.resolve(html));
      fill(html);
      const next = card.querySelector("button");
      next?.focus();
      document.getElementById("announce").textContent = next?.textContent ?? "";
    } catch {
      document.getElementById("act").requestSubmit(button);
    }
  }

  addEventListener("resize", close);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) { kept.clear(); close(); } });
})();
