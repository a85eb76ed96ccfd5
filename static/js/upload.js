// Files into the text: chosen, dragged or pasted, several at once. A mark stands in the text until its file is there.
(() => {
  const AT_ONCE = 3;
  const make = (tag, more = {}, ...children) => { const el = Object.assign(document.createElement(tag), more); el.append(...children); return el; };

  function attach(box) {
    const say = box.dataset, { form } = box.querySelector("input"), area = form.elements.body;
    const input = box.querySelector("input"), list = box.querySelector("[data-attach-list]");
    const waiting = [];
    let running = 0, composing = false, later = [];
    if (!area) return;
    const filled = (text, name) => text.replace("{name}", name);

    input.multiple = true;
    input.removeAttribute("name"); // it is never sent with the form
    box.querySelector(".attach-field").hidden = true;
    box.querySelector("summary").onclick = (event) => { event.preventDefault(); input.click(); };
    input.onchange = () => { take(input.files); input.value = ""; };

    // The text is left alone while an input method writes in it.
    area.addEventListener("compositionstart", () => { composing = true; });
    area.addEventListener("compositionend", () => { composing = false; setTimeout(() => { for (const act of later.splice(0)) act(); }); });
    const quietly = (act) => composing ? later.push(act) : act();

    function put(text, from, to, mode) {
      const top = area.scrollTop;
      area.setRangeText(text, from, to, mode);
      area.scrollTop = top;
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }

    function insert(mark) {
      const { selectionStart: at, selectionEnd: end, value } = area;
      const before = at && value[at - 1] !== "\n" ? "\n\n" : "";
      put(`${before}${mark}\n`, at, end, "end");
    }

    function swap(mark, text) {
      const at = area.value.indexOf(mark);
      if (at >= 0) put(text, at, at + mark.length + (!text && area.value[at + mark.length] === "\n" ? 1 : 0), "preserve");
      else if (text) put(`${area.value && !area.value.endsWith("\n") ? "\n\n" : ""}${text}\n`, area.value.length, area.value.length, "preserve");
    }

    let count = 0;
    function take(files) {
      for (const file of files) {
        const mark = `[${filled(say.waiting, file.name.replace(/[[\]\n]/g, " "))} ${++count}]`;
        const job = { file, mark, row: make("li"), ended: false };
        list.append(job.row);
        box.open = true;
        quietly(() => { if (!job.ended) insert(mark); });
        waiting.push(job);
      }
      next();
    }

    function next() {
      while (running < AT_ONCE && waiting.length) { running++; send(waiting.shift()); }
    }

    function button(label, act) { return make("button", { type: "button", className: "link", textContent: label, onclick: act }); }

    function send(job) {
      const { file, row } = job, asked = new XMLHttpRequest(), data = new FormData();
      const bar = make("progress", { max: 1, ariaLabel: file.name });
      const end = (text) => { running--; job.ended = true; quietly(() => swap(job.mark, text)); next(); };
      const wrong = (text) => {
        end("");
        row.replaceChildren(make("span", { textContent: text }), button(say.retry, () => { row.remove(); take([file]); }), button(say.close, () => row.remove()));
        row.firstChild.dataset.wrong = "";
      };
      row.replaceChildren(make("span", { textContent: file.name }), bar, button(say.cancel, () => { asked.abort(); row.remove(); end(""); }));
      data.append("file", file, file.name);
      asked.upload.onprogress = ({ loaded, total }) => { if (loaded < total) bar.value = loaded / total; else bar.removeAttribute("value"); };
      asked.onload = () => {
        let found = {};
        try { found = JSON.parse(asked.responseText); } catch { /* not from the forum */ }
        if (asked.status !== 201) return wrong(`${file.name}: ${found.errmsg ?? asked.status}`);
        end(found.markdown);
        row.textContent = filled(say.done, file.name);
        setTimeout(() => row.remove(), 6000);
      };
      asked.onerror = () => wrong(filled(say.failed, file.name));
      asked.open("POST", say.attach);
      asked.setRequestHeader("X-CSRF-Token", form.elements.csrf_token.value);
      asked.setRequestHeader("Accept", "application/json");
      asked.send(data);
    }

    const files = (event) => (event.clipboardData ?? event.dataTransfer)?.files ?? [];
    const carries = (event) => event.dataTransfer?.types.includes("Files");
    area.addEventListener("paste", (event) => {
      // Programs put a picture beside text that was copied: then it is the text that is meant.
      if (!files(event).length || event.clipboardData.types.includes("text/plain")) return;
      event.preventDefault();
      take(files(event));
    });
    area.addEventListener("dragover", (event) => { if (carries(event)) { event.preventDefault(); area.classList.add("attach-aim"); } });
    area.addEventListener("dragleave", () => area.classList.remove("attach-aim"));
    area.addEventListener("drop", (event) => {
      area.classList.remove("attach-aim");
      if (!carries(event)) return;
      event.preventDefault();
      take(files(event));
    });
    // Not with a mark in the place of a file.
    form.addEventListener("submit", (event) => {
      if (!running) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      list.scrollIntoView({ block: "nearest" });
    }, true);
    addEventListener("beforeunload", (event) => { if (running) event.preventDefault(); });
  }

  for (const box of document.querySelectorAll("[data-attach]")) attach(box);
})();
