// Nothing that is typed is lost: it is kept on the server as a draft and, until that has it, on this device.
// A form that cannot be sent stays as it is and is tried again with the same key, so that there is one post.
(() => {
  const user = document.body.dataset.user;
  const FIELDS = ["title", "body", "tags", "to", "board", "reply_to", "seen", "reason"];
  const PAUSE_MS = 1_200, PATIENCE_MS = 25_000, RETRY_MS = [4_000, 10_000, 30_000, 60_000];

  function keep(form) {
    const { elements } = form;
    const place = elements.draft.value;
    const key = `quorum:draft:${user}:${place}`;
    const line = form.querySelector("[data-draft-state]");
    const words = line.dataset;
    const unheard = new Set(); // sent without an answer, by this page or the one before it: the server may have them
    let rev = Number(elements.draft_rev.value), busy = null, timer = 0, failures = 0;
    let composing = false, sending = false, leaving = false, other = null, again = null;
    // What the server has. A form that comes back from being sent may hold more than its draft.
    let kept = rev && !form.querySelector("[data-draft-bar]") ? null : said();

    function said() {
      return JSON.stringify(FIELDS.filter((name) => elements[name]).map((name) => [name, elements[name].value]));
    }
    const changed = () => said() !== kept;

    // Who goes on writing does so at the end, not where browsers begin. A click goes where it was made.
    if (!place.startsWith("edit")) elements.body.addEventListener("focus", ({ target }) => {
      if (!target.selectionEnd) target.setSelectionRange(target.value.length, target.value.length);
    }, { once: true });

    function put(fields) {
      for (const [name, value] of fields) if (elements[name] && elements[name].value !== value) {
        elements[name].value = value;
        elements[name].dispatchEvent(new Event("input", { bubbles: true }));
      }
    }

    function tell(kind, text, ...buttons) {
      line.dataset.kind = kind;
      line.replaceChildren(text, ...buttons.map(([label, act]) => {
        const button = Object.assign(document.createElement("button"), { type: "button", className: "link", textContent: label });
        if (act) button.onclick = act;
        else Object.assign(button, { type: "submit", formNoValidate: true, name: "place", value: place, formAction: `/drafts/discard?next=${encodeURIComponent(location.pathname)}` });
        return button;
      }));
    }

    // This device.
    const shadow = {
      get() { try { return JSON.parse(localStorage.getItem(key)); } catch { return null; } },
      put(sent) { try { localStorage.setItem(key, JSON.stringify({ rev, sent, fields: JSON.parse(said()) })); } catch { /* full, or not allowed */ } },
      drop() { try { localStorage.removeItem(key); } catch { /* not allowed */ } },
    };

    // The server.
    function later(ms = PAUSE_MS) {
      clearTimeout(timer);
      timer = setTimeout(save, ms);
    }

    function save() {
      clearTimeout(timer);
      if (busy || other || sending || composing || !changed()) return busy;
      busy = send().finally(() => { busy = null; });
      return busy;
    }

    function draft() {
      return { method: "POST", headers: { Accept: "application/json", "X-CSRF-Token": elements.csrf_token.value }, body: new URLSearchParams([["place", place], ["rev", rev], ["once", elements.once?.value ?? ""], ...JSON.parse(said())]) };
    }

    async function send() {
      const now = said();
      try {
        const answer = await fetch("/drafts", { ...draft(), signal: AbortSignal.timeout(PATIENCE_MS) });
        const found = await answer.json();
        if (answer.ok) settle(now, found.rev);
        else if (answer.status === 409) differ(found);
        else if (answer.status === 429 || answer.status >= 500) wait(words.local);
        else if (answer.status === 403) tell("warn", words.ended, [words.login, enter]);
        else tell("warn", found.errmsg);
      } catch { unheard.add(now); wait(words.local); }
    }

    // To the log-in and back to this place, where what lies on this device is put in again.
    function enter() {
      shadow.put();
      leaving = true;
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    }

    function settle(now, number) {
      failures = 0;
      unheard.clear();
      kept = now;
      version(number);
      if (changed()) { shadow.put(); later(); } else shadow.drop();
      if (!sending && !again) rev ? tell("", words.saved, [words.discard]) : tell("", "");
    }

    function version(number) {
      rev = number;
      elements.draft_rev.value = rev || "";
    }

    function wait(text) {
      if (!again) tell("warn", text);
      later(RETRY_MS[Math.min(failures++, RETRY_MS.length - 1)]);
    }

    // Another device or tab has written here too. Nothing is overwritten before somebody has chosen.
    function differ(found) {
      version(found.rev);
      if (!found.fields) { kept = null; return; } // sent or discarded there: what is typed here from now on is a new draft
      const theirs = FIELDS.filter((name) => elements[name]).map((name) => [name, found.fields[name]]);
      const text = JSON.stringify(theirs);
      if (text === said() || unheard.has(text)) settle(text, found.rev);
      else choose(theirs);
    }

    function choose(fields) {
      other = fields;
      tell("warn", words.changed, [words.theirs, () => { const mine = JSON.parse(said()); put(other); choose(mine); }],
        [words.mine, () => { other = null; kept = null; save(); }]);
    }

    // Sending.
    async function deliver(by) {
      sending = true;
      again = null;
      clearTimeout(timer);
      shadow.put();
      tell("", words.sending);
      by?.setAttribute("aria-disabled", "true");
      await Promise.race([busy, new Promise((done) => setTimeout(done, 2_000))]);
      try {
        const answer = await fetch(form.action, { method: "POST", headers: { "X-Quorum-Send": "1" }, body: new URLSearchParams(new FormData(form)), signal: AbortSignal.timeout(PATIENCE_MS) });
        if (answer.ok && answer.headers.get("Content-Type") === "application/json") sent((await answer.json()).to);
        else if (answer.status === 429 || answer.status >= 500) failed(words.later, by);
        else { leaving = true; shadow.put(true); form.requestSubmit(by ?? undefined); } // the page that says why not
      } catch { failed(words.unsent, by); }
    }

    function failed(text, by) {
      sending = false;
      by?.removeAttribute("aria-disabled");
      again = () => form.requestSubmit(by ?? undefined);
      tell("warn", text, [words.retry, again]);
      later(RETRY_MS[0]);
    }

    function sent(to) {
      shadow.drop();
      version(0);
      if (!place.startsWith("edit")) elements.body.value = ""; // not there again when one comes back
      kept = said();
      if (!form.dispatchEvent(new CustomEvent("quorum:sent", { cancelable: true, detail: { to } }))) {
        sending = false;
        form.querySelector("[aria-disabled]")?.removeAttribute("aria-disabled");
        return tell("", "");
      }
      leaving = true;
      const target = new URL(to, location.href);
      const here = target.pathname + target.search === location.pathname + location.search;
      location.assign(target);
      if (here) location.reload();
    }

    form.addEventListener("submit", (event) => {
      const by = event.submitter;
      if (leaving) return;
      if (by?.hasAttribute("formaction")) { shadow.drop(); leaving = true; return; }
      if (by?.name) { shadow.put(true); leaving = true; return; }
      event.preventDefault();
      if (!sending) deliver(by);
    });

    document.addEventListener("submit", ({ submitter }) => {
      if (submitter?.name === "place" && submitter.value === place) { shadow.drop(); leaving = true; }
    }, true);

    form.addEventListener("compositionstart", () => { composing = true; });
    form.addEventListener("compositionend", () => { composing = false; note(); });
    form.addEventListener("input", note);
    form.addEventListener("change", note);

    function note() {
      if (composing || leaving || sending) return;
      if (changed()) { shadow.put(); later(); } else shadow.drop();
    }

    addEventListener("online", () => again ? again() : later(0));
    addEventListener("pagehide", () => {
      if (leaving || sending || other || !changed()) return;
      try { fetch("/drafts", { ...draft(), keepalive: true }).catch(() => {}); } catch { /* too long for that: it is on this device */ }
    });
    addEventListener("pageshow", ({ persisted }) => { if (persisted) { leaving = sending = false; tell("", ""); } });

    // What this device has that the server has not.
    const mine = shadow.get();
    if (mine && JSON.stringify(mine.fields) !== said()) {
      if (mine.sent && mine.rev && !rev) shadow.drop();
      else if (mine.rev >= rev) { unheard.add(JSON.stringify(mine.fields)); put(mine.fields); tell("", words.restored, [words.discard]); later(); }
      else choose(mine.fields);
    } else if (mine) { shadow.drop(); if (changed()) later(); }
    else if (kept === null) later();
  }

  if (user) for (const input of document.querySelectorAll("form > input[name=draft]")) keep(input.form);
})();
