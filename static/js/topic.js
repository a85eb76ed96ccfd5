// Reading a topic: the marker moves as one reads, further pages come as one scrolls, and what others write appears behind a
// quiet bar. The text one reads never moves. Every page works without this file.
(() => {
  const list = document.getElementById("comments");
  if (!list) return;
  const SAVE_MS = 1_500, POLL_MS = 60_000, SPREAD_MS = 700, NEAR_PX = 900, PAGES_MAX = 12;
  const words = document.getElementById("topic-words")?.dataset ?? {};
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const known = Boolean(document.body.dataset.user);
  const address = `/topics/${list.dataset.topic}`;
  const perPage = Number(list.dataset.perPage);
  const all = () => [...list.querySelectorAll(":scope > [data-number]")];
  const numberOf = (comment) => Number(comment.dataset.number);
  const pageOf = (number) => Math.ceil(number / perPage);
  const pager = (rel) => document.querySelector(rel === "prev" ? ".thread > .pager:has(~ .comments)" : ".comments ~ .pager");
  const announce = (text) => { document.getElementById("announce").textContent = text; };

  // Whatever changes above or below, the line one reads stays where it is.
  const inView = (box) => box.bottom > 0 && box.top < innerHeight;
  function still(change) {
    const writing = document.activeElement?.closest(".compose");
    const held = writing && inView(writing.getBoundingClientRect()) ? writing : all().find((li) => li.getBoundingClientRect().bottom > 0);
    const before = held?.getBoundingClientRect().top;
    document.documentElement.style.overflowAnchor = "none";
    change();
    const after = held?.isConnected ? held : document.getElementById(held?.id);
    if (after) scrollBy({ top: after.getBoundingClientRect().top - before, behavior: "instant" });
    requestAnimationFrame(() => { document.documentElement.style.overflowAnchor = ""; });
  }

  // ---- A comment is read when its end was seen.
  let read = 0, saved = 0, timer = 0;
  const told = () => new URLSearchParams({ csrf_token: token, number: read });

  function noteRead(number) {
    read = Math.max(read, number);
    try { sessionStorage.setItem(`read:${list.dataset.topic}`, read); } catch { /* then lists show it a little later */ }
  }

  async function save() {
    timer = 0;
    if (read <= saved) return;
    const before = saved;
    saved = read;
    try {
      const answer = await fetch(`${address}/read`, { method: "POST", body: told(), keepalive: true });
      if (!answer.ok) throw new Error(answer.status);
    } catch { saved = Math.min(saved, before); }
  }

  // What is on the screen as one leaves may not have been noted yet.
  function leave() {
    for (const li of known ? all() : []) {
      const end = li.querySelector(".acts").getBoundingClientRect();
      if (end.height && inView(end)) noteRead(numberOf(li));
    }
    clearTimeout(timer);
    timer = 0;
    if (read > saved && navigator.sendBeacon(`${address}/read`, told())) saved = read;
  }

  const ends = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      noteRead(numberOf(target.closest("[data-number]")));
      ends.unobserve(target);
    }
    if (read > saved) timer ||= setTimeout(save, SAVE_MS);
  });

  const watchEnds = (comments) => { if (known) for (const comment of comments) ends.observe(comment.querySelector(".acts")); };

  // ---- Where one is: the page in the address, the tick in the time line, and the way back.
  const rails = new Map();
  let page = Number(list.dataset.page), frame = 0, restful = 0;
  const railNow = () => document.querySelector(".rail");
  const keepRail = (number, rail) => { if (rail) rails.set(number, rail); };

  function place() {
    frame = 0;
    const top = all().find((li) => li.getBoundingClientRect().bottom > innerHeight * 0.1);
    if (!top) return;
    const now = pageOf(numberOf(top));
    if (now !== page) {
      page = now;
      history.replaceState(history.state, "", page === 1 ? location.pathname : `?page=${page}`);
      if (rails.has(page)) railNow()?.replaceWith(rails.get(page));
    }
    for (const tick of document.querySelectorAll("[data-tick]")) {
      tick.dataset.tick === top.dataset.number ? tick.setAttribute("aria-current", "true") : tick.removeAttribute("aria-current");
    }
    clearTimeout(restful);
    restful = setTimeout(() => remember(top), 250);
  }

  function remember(top) {
    if (!top?.isConnected || !scrollY) return;
    history.scrollRestoration = "manual";
    history.replaceState({ ...history.state, at: top.id, top: top.getBoundingClientRect().top }, "");
  }

  function comeBack() {
    const type = performance.getEntriesByType("navigation")[0]?.type;
    const comment = type !== "navigate" && document.getElementById(history.state?.at);
    if (comment) scrollBy({ top: comment.getBoundingClientRect().top - history.state.top, behavior: "instant" });
  }

  // ---- Further pages, over the same addresses as the links of the pager.
  let loading = false, loaded = 1, lastY = scrollY;

  async function more(rel) {
    const nav = pager(rel), link = nav?.querySelector(`a[rel=${rel}]`);
    if (!link || loading || loaded >= PAGES_MAX) return;
    loading = true;
    nav.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(answer.status);
      take(rel, nav, new DOMParser().parseFromString(await answer.text(), "text/html"));
      loaded += 1;
    } catch { loaded = PAGES_MAX; } // the links are still there
    nav.removeAttribute("aria-busy");
    loading = false;
    turn();
  }

  function take(rel, nav, from) {
    const theirs = from.getElementById("comments"), items = [...theirs.children], had = new Set(all().map((li) => li.id));
    const fresh = items.filter((li) => !had.has(li.id) && li.id !== "new");
    const number = Number(theirs.dataset.page);
    list.dataset.version = Math.min(list.dataset.version, theirs.dataset.version);
    keepRail(number, from.querySelector(".rail"));
    const selector = rel === "next" ? ".comments ~ .pager" : ".thread > .pager:has(~ .comments)";
    still(() => {
      if (rel === "next") list.append(line(number), ...fresh);
      else list.prepend(...fresh, line(pageOf(numberOf(all()[0]))));
      const theirNav = from.querySelector(selector);
      theirNav ? nav.replaceWith(theirNav) : nav.remove();
    });
    watchEnds(fresh.filter((li) => li.dataset.number));
    if (waiting) hint(); // some of it may be here now
  }

  function line(number) {
    const item = document.createElement("li");
    item.className = "page-line";
    item.textContent = (words.page ?? "{n}").replace("{n}", number);
    return item;
  }

  function turn() {
    const below = pager("next")?.getBoundingClientRect(), above = pager("prev")?.getBoundingClientRect();
    const up = scrollY < lastY;
    lastY = scrollY;
    if (below && below.top < innerHeight + NEAR_PX && !up && scrollY) more("next");
    else if (above && up && above.bottom > -NEAR_PX) more("prev");
  }

  // ---- What others write: asked for when the forum hints that there is another version.
  const bar = document.getElementById("bar");
  const parse = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content.firstElementChild;
  const edits = new Map();
  let waiting = null, asking = false, wanted = 0, soon = 0;

  function hint(version = 0) {
    wanted = Math.max(wanted, version);
    if (document.visibilityState === "visible") soon ||= setTimeout(ask, 50 + Math.random() * SPREAD_MS);
    else soon = soon || -1;
  }

  async function ask() {
    soon = 0;
    if (asking) return hint();
    asking = true;
    const shown = all(), first = numberOf(shown[0]), last = numberOf(shown.at(-1));
    const marks = Array(last - first + 1).fill("");
    for (const li of shown) marks[numberOf(li) - first] = li.dataset.mark;
    const known = Math.max(last, list.dataset.last);
    const query = new URLSearchParams({ first, last, known, version: wanted, marks: marks.join(".") });
    try {
      const headers = { Accept: "application/json", ...(!waiting && { "If-None-Match": `"${list.dataset.version}"` }) };
      const answer = await fetch(`${address}/since?${query}`, { headers });
      if (answer.status === 404) lost();
      else if (answer.ok) learn(await answer.json());
    } catch { /* the next hint asks again */ }
    asking = false;
  }

  function learn(found) {
    document.querySelector(".notice-lost")?.remove(); // it is there again
    for (const { number, html } of found.changed) change(document.getElementById(`c${number}`), parse(html));
    for (const number of found.gone) still(() => document.getElementById(`c${number}`)?.remove());
    list.dataset.version = found.version;
    const title = document.querySelector(".topic-head h1");
    if (title.textContent !== found.title) title.textContent = found.title;
    waiting = found.new.length ? found : null;
    bar.hidden = !waiting;
    if (!waiting) return;
    const text = found.bar.trim();
    if (bar.lastElementChild.textContent !== text) announce(text);
    bar.lastElementChild.textContent = text;
    bar.href = `${address}/n/${found.new[0].number}`;
  }

  const textOf = (li) => {
    const copy = li.querySelector(".prose, .gone")?.cloneNode(true);
    for (const button of copy?.querySelectorAll(".copy, time") ?? []) button.remove();
    return copy?.innerHTML;
  };

  function change(old, fresh) {
    if (!old) return;
    const box = old.getBoundingClientRect(), same = textOf(old) === textOf(fresh);
    if (!inView(box) || same) return swap(old, fresh);
    if (fresh.classList.contains("comment-gone")) {
      fresh.style.minHeight = `${box.height}px`; // what is deleted goes at once, its room when nobody looks
      swap(old, fresh);
      return aside.observe(fresh);
    }
    edits.set(old, fresh);
    aside.observe(old);
    if (old.querySelector(".act-fresh")) return;
    const button = Object.assign(document.createElement("button"), { type: "button", className: "act act-shown act-fresh", textContent: words.edited });
    button.onclick = () => swap(old, edits.get(old));
    old.querySelector(".acts").append(button);
  }

  function swap(old, fresh) {
    const within = old.contains(document.activeElement) && document.activeElement;
    const action = within && (within.getAttribute("formaction") ?? within.getAttribute("href"));
    aside.unobserve(old);
    edits.delete(old);
    still(() => old.replaceWith(fresh));
    if (within) {
      const again = [...fresh.querySelectorAll("a, button")].find((el) => (el.getAttribute("formaction") ?? el.getAttribute("href")) === action);
      (again ?? fresh).focus({ preventScroll: true });
    }
    watchEnds([fresh]);
  }

  const aside = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (isIntersecting) continue;
      aside.unobserve(target);
      if (edits.has(target)) swap(target, edits.get(target));
      else still(() => { target.style.minHeight = ""; });
    }
  });

  function reveal(event) {
    const pages = pager("next")?.querySelector("a[rel=next]");
    if (!waiting || pages || waiting.new[0].number > numberOf(all().at(-1)) + 1 || event.metaKey || event.ctrlKey || event.shiftKey) return; // the link leads there
    event.preventDefault();
    const found = waiting, fresh = found.new.map(({ html }) => parse(html));
    waiting = null;
    bar.hidden = true;
    for (const li of fresh) li.classList.add("arrived");
    still(() => list.append(...fresh));
    for (const { tick } of found.new) railNow()?.querySelector(".ticks").append(parse(tick));
    if (found.pager) { const nav = parse(found.pager); pager("next") ? pager("next").replaceWith(nav) : list.after(nav); }
    const form = document.querySelector('[name="known"]');
    if (form) form.value = fresh.at(-1).dataset.number;
    watchEnds(fresh);
    fresh[0].tabIndex = -1;
    fresh[0].focus({ preventScroll: true });
    fresh[0].scrollIntoView({ block: "nearest" });
    if (found.more) hint();
  }

  function lost() {
    if (document.querySelector(".notice-lost")) return;
    const notice = Object.assign(document.createElement("p"), { className: "bar notice-lost", textContent: words.gone });
    bar.after(notice);
    bar.hidden = true;
    announce(words.gone);
  }

  bar?.addEventListener("click", reveal);
  document.addEventListener("quorum:topic", ({ detail }) => hint(detail?.version ?? 0));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "hidden") leave();
    else if (soon < 0 || !known) { soon = 0; hint(); }
  });
  if (!known) setInterval(() => { if (document.visibilityState === "visible") hint(); }, POLL_MS);
  addEventListener("pagehide", leave);
  addEventListener("scroll", () => { frame ||= requestAnimationFrame(() => { place(); turn(); }); }, { passive: true });
  addEventListener("load", () => { comeBack(); place(); });
  keepRail(page, railNow());
  watchEnds(all());
})();
