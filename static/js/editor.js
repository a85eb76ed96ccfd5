// A plain textarea made good. Nothing here runs between compositionstart and compositionend: an input method that is
// at work owns the keyboard and the text.
(() => {
  const WORD = "[\\p{L}\\p{N}_.-]";
  const MENTION = new RegExp(`(?<![A-Za-z0-9._%+\\-/])[@＠](${WORD}{0,32})$`, "u");
  const EMOJI = /(?<![A-Za-z0-9_:]):([a-z0-9_+-]{2,30})$/;
  const LINE = /^(\s*)(>\s?|[-*+]\s+(?:\[[ xX]\]\s+)?|(\d{1,9})([.)])\s+)/;
  const words = (area) => area.closest(".field").querySelector("[data-live-preview]").dataset;
  const make = (tag, more = {}, ...children) => { const el = Object.assign(document.createElement(tag), more); el.append(...children); return el; };

  // Typed as by hand, so that undoing works.
  function type(area, text, from = area.selectionStart, to = area.selectionEnd) {
    area.focus();
    area.setSelectionRange(from, to);
    if (text === "" ? from !== to && !document.execCommand("delete") : !document.execCommand("insertText", false, text)) {
      area.setRangeText(text, from, to, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }

  function wrap(area, before, after = before) {
    const { selectionStart: from, selectionEnd: to, value } = area;
    const chosen = value.slice(from, to);
    if (value.slice(from - before.length, from) === before && value.slice(to, to + after.length) === after) {
      type(area, chosen, from - before.length, to + after.length);
      area.setSelectionRange(from - before.length, to - before.length);
    } else {
      type(area, before + chosen + after);
      area.setSelectionRange(from + before.length, to + before.length);
    }
  }

  // Every line that the selection touches gets `mark(number)`, or loses it where all have it.
  function lines(area, mark, has) {
    const { value } = area;
    const from = value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    const end = value.indexOf("\n", area.selectionEnd);
    const to = end < 0 ? value.length : end;
    const all = value.slice(from, to).split("\n");
    const off = all.every((line) => has.test(line));
    const made = all.map((line, number) => (off ? line.replace(has, "") : mark(number) + line)).join("\n");
    type(area, made, from, to);
    if (all.length > 1) area.setSelectionRange(from, from + made.length);
  }

  function link(area) {
    const { selectionStart: from, value } = area;
    const chosen = value.slice(from, area.selectionEnd);
    if (/^https?:\/\/\S+$/.test(chosen)) { type(area, `[](${chosen})`); area.setSelectionRange(from + 1, from + 1); } else {
      type(area, `[${chosen}](https://)`);
      const at = from + chosen.length + 3;
      area.setSelectionRange(at, at + 8);
    }
  }

  function code(area) {
    const chosen = area.value.slice(area.selectionStart, area.selectionEnd);
    if (!chosen.includes("\n")) return wrap(area, "`");
    const fence = "`".repeat(Math.max(3, ...(chosen.match(/`+/g) ?? []).map((run) => run.length + 1)));
    wrap(area, `${fence}\n`, `\n${fence}`);
  }

  const TOOLS = {
    bold: (area) => wrap(area, "**"),
    italic: (area) => wrap(area, "*"),
    link, code,
    quote: (area) => lines(area, () => "> ", /^> ?/),
    list: (area) => lines(area, () => "- ", /^[-*+] /),
    numbers: (area) => lines(area, (number) => `${number + 1}. `, /^\d+[.)] /),
    heading: (area) => lines(area, () => "## ", /^#{1,6} /),
    mention: (area) => type(area, "@"),
    emoji: (area) => type(area, ":sm"),
  };
  const KEYS = { b: "bold", i: "italic", k: "link", e: "code" };

  // Enter goes on with a list or quote; on an empty entry it ends it.
  function continued(area) {
    const { selectionStart: at, value } = area;
    if (at !== area.selectionEnd) return false;
    const from = value.lastIndexOf("\n", at - 1) + 1;
    const line = value.slice(from, at);
    const found = LINE.exec(line);
    if (!found || (value.slice(0, from).match(/^(```|~~~)/gm) ?? []).length % 2) return false;
    if (line.length === found[0].length) type(area, "", from, at);
    else type(area, `\n${found[1]}${found[3] ? `${Number(found[3]) + 1}${found[4]} ` : found[2].replace(/\[[xX]\]/, "[ ]")}`);
    return true;
  }

  function toolbar(area, bar, preview) {
    const tools = [...bar.querySelectorAll("[data-tool]")];
    const reach = (tool) => tools.forEach((each) => { each.tabIndex = each === tool ? 0 : -1; });
    reach(tools[0]);
    bar.hidden = false;
    bar.addEventListener("click", ({ target }) => {
      const tool = target.closest("[data-tool]");
      if (!tool) return;
      reach(tool);
      if (tool.dataset.tool === "preview") preview.toggle(tool); else TOOLS[tool.dataset.tool]?.(area);
    });
    bar.addEventListener("mousedown", (event) => { if (event.target.closest("[data-tool]:not([data-tool=preview])")) event.preventDefault(); }); // the selection stays
    bar.addEventListener("keydown", (event) => {
      const at = tools.indexOf(document.activeElement);
      const rtl = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
      const to = { ArrowRight: at + rtl, ArrowLeft: at - rtl, Home: 0, End: tools.length - 1 }[event.key];
      if (at < 0 || to === undefined) return;
      event.preventDefault();
      const next = tools[(to + tools.length) % tools.length];
      reach(next);
      next.focus();
    });
  }

  // What it will look like, as the server draws it.
  function previewer(area, pane) {
    const prose = pane.querySelector(".prose");
    const ledger = area.closest(".field").querySelector("[data-ledger]");
    const { draft, reply_to, board } = area.form.elements;
    let timer = 0, asked = 0, shown = null, named = "";
    // Whom a text could tell: only when that changes is asked who will be, unless the preview is open anyway.
    const naming = () => [...(area.value.match(/[@＠]\S{1,32}|\[quote=[^\]\n]*\]/g) ?? []), area.value && reply_to?.value, board?.value].join(" ").trim();
    async function draw() {
      const body = area.value, names = naming();
      if (body === shown || (pane.hidden && names === named)) return;
      const mine = ++asked;
      try {
        const answer = await fetch("/preview", { method: "POST", headers: { "X-CSRF-Token": area.form.elements.csrf_token.value }, body: new URLSearchParams({ body, draft: draft?.value ?? "", reply_to: reply_to?.value ?? "", board: board?.value ?? "" }) });
        const found = await answer.json();
        if (mine !== asked) return;
        if (!answer.ok) { prose.textContent = found.errmsg ?? pane.dataset.failed; if (answer.status === 429) later(5_000); return; }
        named = names;
        ledger.innerHTML = found.ledger;
        ledger.hidden = !found.ledger;
        if (pane.hidden) return;
        shown = body;
        prose.lang = found.lang;
        if (found.html) prose.innerHTML = found.html; else prose.textContent = pane.dataset.empty;
      } catch { if (mine === asked) { prose.textContent = pane.dataset.failed; later(5_000); } }
    }
    function later(ms = 500) { clearTimeout(timer); timer = setTimeout(draw, ms); }
    return {
      later: () => { if (!pane.hidden || naming() !== named) later(pane.hidden ? 900 : 500); },
      toggle(tool) {
        pane.hidden = !pane.hidden;
        tool.setAttribute("aria-pressed", String(!pane.hidden));
        area.closest(".field").toggleAttribute("data-previewing", !pane.hidden);
        draw();
      },
    };
  }

  // Where the caret is, in the page: a twin of the textarea tells.
  function caret(area) {
    const twin = make("div", { textContent: area.value.slice(0, area.selectionStart) }, make("span", { textContent: "\u200b" }));
    const style = getComputedStyle(area);
    for (const name of ["font", "letterSpacing", "padding", "border", "boxSizing", "lineHeight", "textIndent", "direction", "tabSize"]) twin.style[name] = style[name];
    Object.assign(twin.style, { position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", width: `${area.offsetWidth}px` });
    area.parentNode.append(twin);
    const { offsetLeft, offsetTop, offsetHeight } = twin.lastChild;
    twin.remove();
    return { left: area.offsetLeft + offsetLeft, top: area.offsetTop + offsetTop + offsetHeight - area.scrollTop };
  }

  function completion(area) {
    const id = `${area.id}-suggestions`;
    const list = make("ul", { id, className: "suggestions", role: "listbox", hidden: true });
    const topic = document.getElementById("comments")?.dataset.topic ?? "";
    let found = null, items = [], at = 0, asked = 0, timer = 0;
    area.parentNode.append(list);
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-haspopup", "listbox");

    function close() {
      asked++;
      clearTimeout(timer);
      if (list.hidden) return;
      list.hidden = true;
      area.removeAttribute("aria-activedescendant");
      area.removeAttribute("aria-controls");
    }

    function choose(next) {
      at = (next + items.length) % items.length;
      [...list.children].forEach((option, number) => option.setAttribute("aria-selected", String(number === at)));
      list.children[at].scrollIntoView({ block: "nearest" });
      area.setAttribute("aria-activedescendant", list.children[at].id);
    }

    function take(number) {
      const text = found.kind === "@" ? `@${items[number].username} ` : items[number][1];
      const from = area.selectionStart - found.typed.length - 1;
      close();
      type(area, text, from, area.selectionStart);
    }

    function person({ username, name, initial, hue, avatar }) {
      const face = make("span", { className: `avatar avatar-s hue-${Math.floor(hue / 15) % 24}`, textContent: initial, ariaHidden: "true" });
      if (avatar) face.append(make("img", { src: avatar, alt: "", width: 24, height: 24 }));
      return [face, make("bdi", { textContent: username }), ...(name === username ? [] : [make("bdi", { className: "quiet", textContent: name })])];
    }

    function show() {
      list.replaceChildren(...items.map((item, number) => {
        const inside = found.kind === "@" ? person(item) : [make("span", { className: "emoji", textContent: item[1] }), `:${item[0]}:`];
        const option = make("li", { id: `${id}-${number}`, role: "option" }, ...inside);
        option.onmousedown = (event) => { event.preventDefault(); take(number); };
        return option;
      }));
      list.hidden = false;
      const { left, top } = caret(area);
      list.style.insetBlockStart = `${Math.min(top, area.offsetTop + area.offsetHeight)}px`;
      list.style.insetInlineStart = `${Math.max(0, Math.min(left, area.offsetWidth - list.offsetWidth))}px`;
      area.setAttribute("aria-controls", id);
      choose(0);
      document.getElementById("announce").textContent = words(area).found.replace("{count}", items.length);
    }

    async function ask() {
      const mine = ++asked;
      const query = new URLSearchParams(found.kind === "@" ? { q: found.typed, topic } : { q: found.typed });
      try {
        const answer = await fetch(`/${found.kind === "@" ? "users" : "emoji"}/complete?${query}`, { headers: { Accept: "application/json" } });
        const got = answer.ok ? await answer.json() : [];
        if (mine !== asked) return;
        items = got;
        if (items.length) show(); else close();
      } catch { close(); }
    }

    function look() {
      const before = area.value.slice(Math.max(0, area.selectionStart - 40), area.selectionStart);
      const mention = area.selectionStart === area.selectionEnd && MENTION.exec(before);
      const emoji = !mention && EMOJI.exec(before);
      if (!mention && !emoji) return close();
      found = mention ? { kind: "@", typed: mention[1] } : { kind: ":", typed: emoji[1] };
      clearTimeout(timer);
      timer = setTimeout(ask, 120);
    }

    area.addEventListener("blur", close);
    area.addEventListener("click", close);
    return {
      look, close,
      key(event) {
        if (list.hidden) return false;
        const { key } = event;
        if (key === "ArrowDown" || key === "ArrowUp") choose(at + (key === "ArrowDown" ? 1 : -1));
        else if ((key === "Enter" || key === "Tab") && !event.shiftKey && !event.ctrlKey && !event.metaKey) take(at);
        else if (key === "Escape") close();
        else { if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(key)) close(); return false; }
        event.preventDefault();
        event.stopPropagation();
        return true;
      },
    };
  }

  function edit(area) {
    const field = area.closest(".field");
    const bar = field.querySelector("[data-tools]");
    if (!bar) return;
    const preview = previewer(area, field.querySelector("[data-live-preview]"));
    const suggestions = completion(area);
    toolbar(area, bar, preview);
    for (const button of area.form.querySelectorAll("button[name=preview]")) button.hidden = true;
    area.addEventListener("keydown", (event) => {
      if (event.isComposing || event.keyCode === 229 || suggestions.key(event)) return;
      const plain = !event.altKey && !event.shiftKey;
      const tool = (event.ctrlKey || event.metaKey) && plain && KEYS[event.key.toLowerCase()];
      if (tool) { event.preventDefault(); TOOLS[tool](area); }
      else if (event.key === "Enter" && plain && !event.ctrlKey && !event.metaKey && continued(area)) event.preventDefault();
    });
    const changed = () => { suggestions.look(); preview.later(); };
    area.addEventListener("input", (event) => { if (!event.isComposing) changed(); });
    area.addEventListener("compositionstart", suggestions.close);
    area.addEventListener("compositionend", changed);
  }

  // Choose some words of a comment, and quote them with a link to where they stand.
  function quoting(area) {
    const button = make("button", { type: "button", className: "button quote-chosen", hidden: true, textContent: words(area).quote });
    document.body.append(button);
    let quoted = null;
    function chosen() {
      const selection = getSelection();
      const text = selection.toString().trim();
      const range = text && selection.rangeCount ? selection.getRangeAt(0) : null;
      const within = (node) => (node.nodeType === 1 ? node : node.parentElement)?.closest(".comment .prose");
      const prose = range && within(range.startContainer);
      if (!prose || prose !== within(range.endContainer)) { button.hidden = true; return; }
      quoted = { text, comment: prose.closest(".comment") };
      const box = range.getBoundingClientRect();
      button.hidden = false;
      button.style.insetBlockStart = `${scrollY + box.bottom + 6}px`;
      button.style.insetInlineStart = `${Math.max(8, Math.min(scrollX + box.left, innerWidth - button.offsetWidth - 16))}px`;
    }
    document.addEventListener("selectionchange", chosen);
    button.onmousedown = (event) => event.preventDefault();
    button.onclick = () => {
      const { text, comment } = quoted;
      const name = comment.querySelector(".who .name").textContent.trim().replace(/["\]\n,]/g, "");
      const before = area.value.trimEnd();
      const topic = document.getElementById("comments").dataset.topic;
      type(area, `${before && "\n\n"}[quote="${name}, post:${comment.dataset.number}, topic:${topic}"]\n${text}\n[/quote]\n\n`, before.length, area.value.length);
      button.hidden = true;
      area.scrollIntoView({ block: "center" });
    };
  }

  document.querySelectorAll("textarea[data-editor]").forEach(edit);
  const reply = document.querySelector("#reply textarea[data-editor]");
  if (reply && document.getElementById("comments")?.dataset.topic) quoting(reply);
})();
