// "Load more" puts the next page under this one; without this file it is a link to that page. The address is always that of
// the last page that was loaded, so that a reload and the way back lead to what one has just read.
document.addEventListener("click", async (event) => {
  const link = event.target.closest("nav.pager-key a[rel=next]");
  const list = link?.closest("nav").previousElementSibling;
  if (!list?.matches("ol, ul") || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaDisabled) return;
  link.ariaDisabled = "true";
  try {
    const answer = await fetch(link.href);
    if (!answer.ok) throw new Error(answer.status);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const items = [...page.querySelectorAll(`main .${list.classList[0]} > li`)];
    const next = page.querySelector("main nav.pager-key a[rel=next]");
    list.append(...items);
    history.replaceState(null, "", link.href);
    if (next) link.href = next.href; else link.remove();
    link.ariaDisabled = null;
    items[0]?.querySelector("a")?.focus({ preventScroll: true });
  } catch {
    location.assign(link.href);
  }
});
