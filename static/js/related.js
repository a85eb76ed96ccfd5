// While a title is written: what has been talked about already. Nothing that one has typed depends on it.
(() => {
  const box = document.querySelector("[data-related]");
  const title = document.getElementById("f-title");
  if (!box || !title) return;
  const PAUSE = 400, LEAST = 4;
  let timer, asked = title.value.trim(), request;

  async function look() {
    const text = title.value.trim();
    if (text === asked) return;
    asked = text;
    request?.abort();
    if (text.length < LEAST) return box.replaceChildren();
    request = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.related}?title=${encodeURIComponent(text)}`, { signal: request.signal });
      if (!answer.ok || answer.redirected) return;
      const found = await answer.text();
      if (text === title.value.trim()) box.innerHTML = found;
    } catch { /* offline, or a newer one is under way */ }
  }

  const later = () => { clearTimeout(timer); timer = setTimeout(look, PAUSE); };
  title.addEventListener("input", (event) => { if (!event.isComposing) later(); });
  title.addEventListener("compositionstart", () => clearTimeout(timer));
  title.addEventListener("compositionend", later);
})();
