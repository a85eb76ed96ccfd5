// Comforts only: every page works without this file.
(() => {
  const root = document.documentElement;
  const lang = root.lang || "en";
  root.classList.add("js");

  // Times: relative for a week, the exact one on hover, in the person's own zone.
  // The zone of the account goes before that of the device, which does not know every zone there is.
  const written = (timeZone) => new Intl.DateTimeFormat(lang, { dateStyle: "long", timeStyle: "short", timeZone });
  let exact;
  try { exact = written(root.dataset.zone || undefined); } catch { exact = written(); }
  const relative = new Intl.RelativeTimeFormat(lang, { style: "narrow", numeric: "auto" });
  const STEPS = [["day", 86400], ["hour", 3600], ["minute", 60]];
  const WEEK = 7 * 86400;

  function spoken(age) {
    if (age < 45) return root.dataset.now;
    const [unit, seconds] = STEPS.find(([, s]) => age >= s) ?? ["minute", 60];
    return relative.format(-Math.max(1, Math.round(age / seconds)), unit);
  }

  function tellTimes(within = document) {
    for (const el of within.querySelectorAll("time[datetime]")) {
      const at = new Date(el.dateTime);
      const age = (Date.now() - at) / 1000;
      el.dataset.date ??= el.textContent;
      el.title = exact.format(at);
      const text = age < WEEK && age > -60 ? spoken(age) : el.dataset.date;
      if (el.textContent !== text) el.textContent = text;
    }
  }

  // Behind a picture that does not come is the initial.
  const isLost = (el) => el.matches?.(".avatar > img") && el.complete && !el.naturalWidth;
  document.addEventListener("error", ({ target }) => { if (target.matches?.(".avatar > img")) target.remove(); }, true);
  for (const el of document.images) if (isLost(el)) el.remove();

  // Code blocks get a copy button; its words come from the page's language.
  const words = document.getElementById("words")?.dataset ?? {};

  // Paper keeps no time: it gets the date.
  addEventListener("beforeprint", () => { for (const el of document.querySelectorAll("time[data-date]")) el.textContent = el.dataset.date; });
  addEventListener("afterprint", () => tellTimes());

  function offerCopies(within = document) {
    if (!navigator.clipboard) return;
    for (const pre of within.querySelectorAll(".prose pre")) {
      const box = pre.closest("[data-lang], .code") ?? pre;
      if (box.querySelector(":scope > .copy")) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "ghost copy";
      button.title = button.ariaLabel = words.copy ?? "Copy";
      button.append(document.getElementById("copy-icon")?.content.cloneNode(true) ?? "⧉");
      button.onclick = async () => {
        await navigator.clipboard.writeText(pre.textContent.replace(/\n$/, ""));
        button.dataset.done = "";
        button.title = button.ariaLabel = words.copied ?? "Copied";
        setTimeout(() => { delete button.dataset.done; button.title = button.ariaLabel = words.copy ?? "Copy"; }, 1600);
      };
      box.append(button);
    }
  }

  function grow(area) {
    if (CSS.supports("field-sizing", "content")) return;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight + 2}px`;
  }

  document.addEventListener("input", ({ target }) => { if (target.matches("textarea")) grow(target); });

  document.addEventListener("click", (event) => {
    const { target } = event;
    if (target.closest("[data-print]")) print();
    target.closest("[data-dismiss]")?.closest("[data-flash], .toast")?.remove();
    for (const menu of document.querySelectorAll("details[data-menu][open]")) if (!menu.contains(target)) menu.open = false;
  });

  // A menu that opens below the edge of the window comes into sight.
  document.addEventListener("toggle", ({ target }) => {
    if (target.open && target.matches("main details[data-menu]")) target.querySelector(".menu-sheet")?.scrollIntoView({ block: "nearest" });
  }, true);

  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const { key, target } = event;
    if (key === "Escape") {
      for (const menu of document.querySelectorAll("details[data-menu][open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (key === "Enter" && (event.ctrlKey || event.metaKey) && target.matches("form[data-send] textarea")) {
      event.preventDefault();
      target.form.requestSubmit();
    }
  });

  // Who comes next to this device finds nothing of who was here.
  function forgetDrafts() {
    try { for (const key of Object.keys(localStorage)) if (key.startsWith("quorum:draft:")) localStorage.removeItem(key); } catch { /* not allowed */ }
  }

  // A form is sent once. The buttons stay enabled, or the pressed one's name would not be sent.
  document.addEventListener("submit", (event) => {
    const { target: form, submitter } = event;
    if (event.defaultPrevented || form.method !== "post") return;
    if (submitter?.formAction.endsWith("/logout")) forgetDrafts();
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => again(form), 8_000);
    submitter?.setAttribute("aria-disabled", "true");
  });

  // Back from the page cache: the form may be sent again, and time has passed.
  function again(form) {
    delete form.dataset.sent;
    for (const button of form.elements) button.removeAttribute("aria-disabled");
  }

  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach(again);
    tellTimes();
  });

  // Pictures of texts open large. Without this, or with a modifier, a press follows the link to the whole.
  document.addEventListener("click", async (event) => {
    const link = event.target.closest?.("a.picture"), box = document.getElementById("lightbox");
    if (!link || !box || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    try { (await import(box.dataset.script)).open(link); } catch { location.assign(link.href); }
  });

  // What live pushes bring in is made comfortable too.
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === 1 && node.localName !== "time") { tellTimes(node); offerCopies(node); }
  }).observe(document.body, { childList: true, subtree: true });

  setInterval(() => tellTimes(), 60_000);
  tellTimes();
  offerCopies();
  document.querySelectorAll("textarea").forEach(grow);
  const toReply = () => { if (location.hash === "#reply") document.querySelector("#reply textarea")?.focus(); };
  addEventListener("hashchange", toReply);
  addEventListener("load", toReply);
  document.querySelector(".problems")?.focus();
})();
