// Reading a topic: the marker moves as one reads. Every page works without this file.
(() => {
  const list = document.getElementById("comments");
  if (!list) return;
  const token = document.querySelector('meta[name="csrf-token"]')?.content;
  const known = Boolean(document.body.dataset.user);
  const SAVE_MS = 1_500;

  // A comment is read when its end was seen.
  let read = 0, saved = 0, timer = 0;
  const told = () => new URLSearchParams({ csrf_token: token, number: read });
  const address = `/topics/${list.dataset.topic}/read`;

  async function save() {
    timer = 0;
    if (read <= saved) return;
    const before = saved;
    saved = read;
    try {
      const answer = await fetch(address, { method: "POST", body: told(), keepalive: true });
      if (!answer.ok) throw new Error(answer.status);
    } catch { saved = Math.min(saved, before); }
  }

  function leave() {
    clearTimeout(timer);
    timer = 0;
    if (read > saved && navigator.sendBeacon(address, told())) saved = read;
  }

  const ends = new IntersectionObserver((entries) => {
    for (const { target, isIntersecting } of entries) {
      if (!isIntersecting) continue;
      read = Math.max(read, Number(target.closest("[data-number]").dataset.number));
      ends.unobserve(target);
    }
    sessionStorage.setItem(`read:${list.dataset.topic}`, read);
    if (read > saved) timer ||= setTimeout(save, SAVE_MS);
  });

  function watchEnds(comments) {
    if (known) for (const comment of comments) ends.observe(comment.querySelector(".acts"));
  }

  watchEnds(list.querySelectorAll("[data-number]"));
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") leave(); });
  addEventListener("pagehide", leave);
})();
