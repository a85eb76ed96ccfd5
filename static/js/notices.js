// The list of notifications: choosing all at once, a word when something new has come while it was open, and what is in it
// as it is now: read elsewhere, taken back, or liked by others than before.
(() => {
  const all = document.querySelector("[data-note-all]");
  const ticks = () => [...document.querySelectorAll('input[form="read"][name="ids"]')];
  if (all) {
    const box = all.querySelector("input");
    all.hidden = false;
    box.addEventListener("change", () => { for (const tick of ticks()) tick.checked = box.checked; });
    document.addEventListener("change", ({ target }) => { if (target.matches('input[form="read"]')) box.checked = ticks().every((tick) => tick.checked); });
  }
  const PAGES_MAX = 10;
  const word = document.querySelector("[data-note-new]");
  const rows = (page) => [...page.querySelectorAll("main .note[data-notice]")];
  const nextOf = (page) => page.querySelector("main nav.pager-key a[rel=next]")?.href;
  // What is shown here lies between these numbers: what is above is told of, what is below is on the next page.
  const top = Number(document.body.dataset.seq), isGrouped = document.querySelector("main .note-groups");
  let floor = isGrouped || !nextOf(document) ? 0 : Infinity;
  let turn = Number(word.dataset.turn), unread = null, first = location.href, looking = null, again = false;

  // The pages that are shown, from the first on.
  async function pagesNow(shown) {
    const found = [];
    for (let url = first; url && found.length < PAGES_MAX; url = nextOf(found.at(-1))) {
      const answer = await fetch(url);
      if (!answer.ok) break;
      found.push(new DOMParser().parseFromString(await answer.text(), "text/html"));
      const last = rows(found.at(-1)).at(-1);
      if (!last || Number(last.dataset.seq) <= shown) break;
    }
    return found;
  }

  async function look() {
    const shown = rows(document), lowest = Math.min(...shown.map((row) => Number(row.dataset.seq)));
    const pages = await pagesNow(lowest), now = pages.flatMap(rows), known = new Map(now.map((row) => [row.dataset.notice, row]));
    floor = Math.min(floor, lowest);
    const covered = Math.min(...now.map((row) => Number(row.dataset.seq)));
    for (const row of shown) {
      const fresh = known.get(row.dataset.notice);
      if (fresh) {
        fresh.querySelector("input").checked = row.querySelector("input").checked;
        if (!fresh.isEqualNode(row)) row.replaceWith(fresh);
      } else if (!now.length || Number(row.dataset.seq) >= covered) row.remove();
    }
    const there = new Set(shown.map((row) => row.dataset.notice));
    for (const row of now) if (!there.has(row.dataset.notice) && row.dataset.seq <= top && row.dataset.seq >= floor) comeBack(row);
    const groups = pages.flatMap((page) => [...page.querySelectorAll("main .note-group")]);
    for (const group of document.querySelectorAll("main .note-group")) {
      group.hidden = !group.querySelector(".note");
      retitle(group, groups.find((each) => topicOf(each) === topicOf(group)));
    }
  }

  // The name of the topic, how many are unread, and how many more there are.
  function retitle(group, fresh) {
    for (const part of fresh ? [".note-group-title", ".note-more"] : []) {
      const [was, is] = [group.querySelector(part), fresh.querySelector(part)];
      if (was && is && !was.isEqualNode(is)) was.replaceWith(is);
      else if (was && !is) was.remove();
    }
  }

  // A notice that was taken back is there again: where it was, or one is told if there is no such list.
  const topicOf = (part) => part.closest(".note-group")?.querySelector(".note-group-title a")?.getAttribute("href");
  function comeBack(row) {
    const topic = topicOf(row.closest(".notes"));
    const list = [...document.querySelectorAll("main .notes")].find((each) => topicOf(each) === topic);
    if (!list) { word.hidden = false; return; }
    const next = [...list.children].find((each) => Number(each.dataset.seq) < Number(row.dataset.seq));
    list.insertBefore(row, next ?? null);
  }

  function lookAgain() {
    if (looking) { again = true; return; }
    looking = look().catch(() => { turn = -1; }).finally(() => {
      looking = null;
      if (again) { again = false; lookAgain(); }
    });
  }

  document.addEventListener("quorum:numbers", ({ detail }) => {
    const before = [turn, unread];
    turn = detail.turn ?? turn;
    unread = detail.notifications;
    if (before[0] !== turn || (before[1] !== null && before[1] > unread)) lookAgain();
  });
  // Titles of topics and names of people change without a word: whoever comes back to the list sees them as they are.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "visible") lookAgain(); });
  document.addEventListener("quorum:event", ({ detail }) => {
    if (detail.kind !== "message") document.querySelector("[data-note-new]").hidden = false;
  });
})();
