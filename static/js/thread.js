// A conversation that is open: what others write, edit or delete appears in it, and what is on the screen is read.
// Every page works without this file.
(() => {
  const list = document.getElementById("messages");
  if (!list?.dataset.version) return;
  const SOON_MS = 60, NEAR_PX = 160, SHOWN_MAX = Number(list.dataset.most);
  const words = document.getElementById("thread-words").dataset;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const bar = document.getElementById("bar");
  const address = `/messages/${list.dataset.thread}`;
  const form = document.querySelector("#reply form");
  const all = () => [...list.querySelectorAll(":scope > [data-number]")];
  const numberOf = (li) => Number(li.dataset.number);
  const parse = (html) => Object.assign(document.createElement("template"), { innerHTML: html }).content.firstElementChild;
  const inView = (box) => box.bottom > 0 && box.top < innerHeight;
  const seen = () => document.visibilityState === "visible";
  let asking = false, again = false, soon = 0, read = Number(list.dataset.last);

  // Whatever comes, the line one reads, or the box one writes in, stays where it is.
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

  function hint() {
    if (seen()) soon ||= setTimeout(ask, SOON_MS);
    else soon = soon || -1;
  }

  async function ask() {
    soon = 0;
    if (asking) { again = true; return; }
    asking = true;
    const tail = "tail" in list.dataset, latest = all().at(-1);
    const last = tail || !latest ? Number(list.dataset.last) : numberOf(latest);
    letGo(last);
    // Of more than one may ask for, the latest: who reads far above hears of what is new all the same.
    const shown = all().filter((li) => numberOf(li) > last - SHOWN_MAX), first = shown[0] ? numberOf(shown[0]) : last + 1;
    const marks = Array(Math.max(0, last - first + 1)).fill("");
    for (const li of shown) marks[numberOf(li) - first] = li.dataset.mark;
    const query = new URLSearchParams({ first, last, marks: marks.join("."), ...(tail && { tail: 1 }) });
    try {
      const headers = { Accept: "application/json", "If-None-Match": `"${list.dataset.version}"` };
      const answer = await fetch(`${address}/since?${query}`, { headers, cache: "no-store" });
      if (answer.status === 404) lost();
      else if (answer.ok) learn(await answer.json());
    } catch { /* the next hint asks again */ }
    asking = false;
    if (again) { again = false; hint(); }
  }

  // A page that stays open does not grow for ever: what is far above goes back behind the link to earlier messages.
  function letGo(last) {
    const old = all().filter((li) => numberOf(li) <= last - SHOWN_MAX && li.getBoundingClientRect().bottom < 0);
    if (!old.length) return;
    still(() => old.forEach((li) => li.remove()));
    const earlier = document.getElementById("earlier");
    earlier.hidden = false;
    earlier.querySelector("a").href = `${address}?before=${numberOf(all()[0])}`;
  }

  function learn(found) {
    const near = document.documentElement.scrollHeight - scrollY - innerHeight < NEAR_PX || (form && inView(form.getBoundingClientRect()));
    const fresh = found.new.map(({ html }) => parse(html)).filter((li) => !document.getElementById(li.id));
    list.dataset.version = found.version;
    if (found.last > Number(list.dataset.last)) list.dataset.last = found.last;
    const heading = document.getElementById("thread-title");
    if (heading.textContent !== found.title) heading.textContent = found.title;
    still(() => {
      for (const { number, html } of found.changed) document.getElementById(`m${number}`)?.replaceWith(parse(html));
      for (const number of found.gone) document.getElementById(`m${number}`)?.remove();
      for (const li of fresh) { li.classList.add("arrived"); list.append(li); }
      receipt(found.seen);
    });
    if (fresh.length) arrived(fresh, found.new.some(({ mine }) => mine), near);
    if (found.left && form) { location.reload(); return; }
    if (found.more) again = true;
  }

  function receipt(html) {
    document.querySelector("[data-seen]")?.remove();
    const line = html.trim() && parse(html.trim());
    if (line) document.querySelector(`#m${line.dataset.seen} .said`)?.append(line);
  }

  function arrived(fresh, mine, near) {
    const last = fresh.at(-1), name = last.querySelector(".who .name")?.textContent;
    document.getElementById("announce").textContent = mine || !name ? "" : words.new.replace("{name}", name);
    if (mine || near) last.scrollIntoView({ block: "nearest", behavior: "instant" });
    else { bar.hidden = false; bar.href = `#${fresh[0].id}`; }
    note();
  }

  // What is shown while one looks is read.
  function note() {
    const last = Number(list.dataset.last);
    if (!seen() || !("tail" in list.dataset) || last <= read || !bar.hidden) return;
    read = last;
    fetch(`${address}/read`, { method: "POST", body: new URLSearchParams({ csrf_token: token, number: last }), keepalive: true })
      .then((answer) => { if (!answer.ok) throw new Error(answer.status); }).catch(() => { read = 0; });
  }

  function lost() {
    if (document.querySelector(".notice-lost")) return;
    bar.after(Object.assign(document.createElement("p"), { className: "bar notice-lost", textContent: words.gone }));
    document.getElementById("announce").textContent = words.gone;
  }

  // A reply that was sent appears like all others; the form is empty and has a key of its own again.
  form?.addEventListener("quorum:sent", (event) => {
    if (!("tail" in list.dataset)) return;
    event.preventDefault();
    form.elements.once.value = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(18)))).replaceAll("+", "-").replaceAll("/", "_");
    form.elements.body.dispatchEvent(new Event("input", { bubbles: true }));
    document.querySelectorAll("#reply .problems, #reply .preview, #reply [data-draft-bar]").forEach((el) => el.remove());
    clearTimeout(soon);
    ask();
  });

  bar.addEventListener("click", () => { bar.hidden = true; note(); });
  addEventListener("scroll", () => {
    const end = all().at(-1)?.getBoundingClientRect();
    if (!bar.hidden && end && end.top < innerHeight) { bar.hidden = true; note(); }
  }, { passive: true });
  document.addEventListener("quorum:conversation", hint);
  document.addEventListener("quorum:topic", ({ detail }) => { if (!detail) hint(); });
  document.addEventListener("visibilitychange", () => {
    if (!seen()) return;
    if (soon < 0) { soon = 0; hint(); }
    note();
  });
})();
