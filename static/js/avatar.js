// Choosing the square of a picture that is shown. What is sent is the file as it is, and three numbers; the forum does
// the rest. Without this file the form sends the picture alone, and its middle is shown.
(() => {
  const form = document.getElementById("avatar");
  if (!form || !window.XMLHttpRequest || !customElements.get("cropper-canvas")) return;
  const part = (name) => document.getElementById(`avatar-${name}`);
  const input = form.elements.file, say = form.dataset, stage = part("stage"), slider = part("size");
  const save = part("save"), cancel = part("cancel"), problem = part("problem");
  const LEAST = 16, STEP = 0.02, SLIDER = 1000, HEAD_BYTES = 64, SENT = 99;
  const share = new Intl.NumberFormat(document.documentElement.lang, { style: "percent" });
  let picture = null, crop = null, selection = null, request = null;

  const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
  const most = () => Math.min(picture.naturalWidth, picture.naturalHeight);
  const scale = () => stage.firstElementChild.clientWidth / picture.naturalWidth;

  function complain(text) {
    problem.hidden = !text;
    problem.querySelector("p").textContent = text ?? "";
    if (text) problem.scrollIntoView({ block: "nearest" });
  }

  // The same signs by which the forum tells.
  function kindOf(head) {
    const text = String.fromCharCode(...head);
    if (text.startsWith("\xff\xd8\xff") || text.startsWith("\x89PNG") || text.startsWith("GIF8")) return "picture";
    if (text.startsWith("RIFF") && text.slice(8, 12) === "WEBP") return "picture";
    if (text.slice(4, 8) !== "ftyp") return "type";
    const brands = text.slice(8, 40);
    return /avi[fs]/.test(brands) ? "picture" : /hei[cxms]|hevc|mif1/.test(brands) ? "heif" : "type";
  }

  async function wrongWith(file) {
    if (!file.size) return say.empty;
    if (file.size > Number(say.most)) return say.large;
    const kind = kindOf(new Uint8Array(await file.slice(0, HEAD_BYTES).arrayBuffer()));
    return kind === "picture" ? null : say[kind];
  }

  async function choose() {
    forget();
    const file = input.files[0];
    if (!file) return;
    const wrong = await wrongWith(file);
    if (wrong) return refuse(wrong);
    const image = new Image();
    image.src = URL.createObjectURL(file);
    try { await image.decode(); } catch { return; } // a picture that only the forum can read: its middle is shown
    if (image.naturalWidth * image.naturalHeight > Number(say.pixels)) return refuse(say.many);
    if (Math.min(image.naturalWidth, image.naturalHeight) < LEAST) return refuse(say.small);
    picture = image;
    const size = most();
    crop = { x: (picture.naturalWidth - size) / 2, y: (picture.naturalHeight - size) / 2, size };
    part("crop").hidden = cancel.hidden = false;
    lay();
    selection.focus({ preventScroll: true });
    part("crop").scrollIntoView({ block: "nearest" });
  }

  function refuse(text) {
    input.value = "";
    complain(text);
  }

  function forget() {
    if (picture) URL.revokeObjectURL(picture.src);
    picture = crop = selection = null;
    stage.replaceChildren();
    part("crop").hidden = cancel.hidden = true;
    complain(null);
  }

  function element(name, attributes, ...children) {
    const made = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
    made.append(...children);
    return made;
  }

  // The canvas has the shape of the picture, so that a pixel of one is `scale()` pixels of the other.
  function lay() {
    const { naturalWidth: w, naturalHeight: h } = picture;
    const width = Math.min(stage.clientWidth, Math.round(Math.min(innerHeight * 0.6, 480) * (w / h)));
    const handles = ["move", "ne-resize", "nw-resize", "se-resize", "sw-resize"].map((action) => element("cropper-handle", { action, "theme-color": action === "move" ? "transparent" : "white" }));
    selection = element("cropper-selection", { "aspect-ratio": 1, movable: "", resizable: "", outlined: "", tabindex: 0, role: "application", "aria-label": part("crop").querySelector("legend").textContent }, ...handles);
    const canvas = element("cropper-canvas", {},
      element("cropper-image", { src: picture.src, alt: "", "initial-center-size": "contain" }), element("cropper-shade", {}), selection);
    canvas.style.width = `${width}px`;
    canvas.style.height = `${Math.max(1, Math.round(width * h / w))}px`;
    stage.replaceChildren(canvas);
    selection.addEventListener("keydown", key);
    const mine = selection;
    customElements.whenDefined("cropper-selection").then(() => mine.$nextTick()).then(() => requestAnimationFrame(() => {
      if (selection !== mine) return;
      put(crop);
      mine.addEventListener("change", follow); // not before: it begins with nothing chosen
    }));
  }

  // What was dragged: kept inside the picture.
  function follow(event) {
    const { x, y, width } = event.detail, by = scale();
    const wanted = inside({ x: x / by, y: y / by, size: width / by });
    const off = Math.abs(wanted.x * by - x) + Math.abs(wanted.y * by - y) + Math.abs(wanted.size * by - width);
    if (off > 1) { event.preventDefault(); queueMicrotask(() => put(wanted)); }
    else { crop = wanted; show(); }
  }

  function inside({ x, y, size }) {
    const fitting = clamp(size, LEAST, most());
    return { x: clamp(x, 0, picture.naturalWidth - fitting), y: clamp(y, 0, picture.naturalHeight - fitting), size: fitting };
  }

  function put(wanted) {
    crop = inside(wanted);
    const by = scale();
    selection.$change(crop.x * by, crop.y * by, crop.size * by, crop.size * by, 1, true);
    show();
  }

  function resize(size) {
    const by = (crop.size - size) / 2;
    put({ x: crop.x + by, y: crop.y + by, size });
  }

  // Sizes are felt as ratios.
  const toSize = (value) => LEAST * (most() / LEAST) ** (value / SLIDER);
  const toValue = (size) => most() > LEAST ? SLIDER * Math.log(size / LEAST) / Math.log(most() / LEAST) : SLIDER;

  function key(event) {
    const by = event.shiftKey ? 1 : Math.max(1, most() * STEP);
    const move = { ArrowLeft: [-by, 0], ArrowRight: [by, 0], ArrowUp: [0, -by], ArrowDown: [0, by] }[event.key];
    if (move) put({ ...crop, x: crop.x + move[0], y: crop.y + move[1] });
    else if (event.key === "+" || event.key === "=") resize(crop.size * (1 + 2 * STEP));
    else if (event.key === "-") resize(crop.size / (1 + 2 * STEP));
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  function show() {
    slider.value = toValue(crop.size);
    for (const face of part("preview").children) {
      const brush = face.getContext("2d");
      brush.imageSmoothingQuality = "high";
      brush.clearRect(0, 0, face.width, face.height);
      brush.drawImage(picture, crop.x, crop.y, crop.size, crop.size, 0, 0, face.width, face.height);
    }
  }

  function progress(text, value) {
    const bar = part("sending").querySelector("progress");
    part("sending").hidden = text === null;
    part("progress").textContent = text ?? "";
    if (value === null) bar.removeAttribute("value"); else bar.value = value;
  }

  function send(event) {
    event.preventDefault();
    if (request) return;
    const data = new FormData(form);
    if (crop) {
      const size = Math.max(LEAST, Math.min(Math.round(crop.size), most()));
      const at = { size, x: Math.round(clamp(crop.x, 0, picture.naturalWidth - size)), y: Math.round(clamp(crop.y, 0, picture.naturalHeight - size)) };
      for (const [name, value] of Object.entries(at)) data.set(name, value);
    }
    complain(null);
    request = new XMLHttpRequest();
    request.open("POST", form.action);
    request.setRequestHeader("Accept", "application/json");
    request.setRequestHeader("X-CSRF-Token", data.get("csrf_token"));
    request.upload.onprogress = ({ loaded, total }) => {
      const percent = Math.min(SENT, Math.floor(loaded / total * 100));
      progress(say.sending.replace("{share}", share.format(percent / 100)), percent);
    };
    request.upload.onload = () => progress(say.working, null);
    request.onload = () => (request.status === 200 ? location.assign(form.action) : over(sentence(request)));
    request.onerror = request.ontimeout = () => over(say.offline);
    request.onabort = () => over(null);
    save.setAttribute("aria-disabled", "true");
    cancel.hidden = false;
    progress(say.sending.replace("{share}", share.format(0)), 0);
    request.send(data);
  }

  function sentence({ responseText }) {
    try { return JSON.parse(responseText).errmsg || say.offline; } catch { return say.offline; }
  }

  // The picture and the chosen part stay: trying again is one press.
  function over(text) {
    request = null;
    progress(null, 0);
    save.removeAttribute("aria-disabled");
    cancel.hidden = !picture;
    if (text) { save.textContent = say.retry; complain(text); problem.focus(); }
  }

  input.addEventListener("change", choose);
  form.addEventListener("submit", send);
  cancel.addEventListener("click", () => {
    if (request) return request.abort();
    input.value = "";
    forget();
    input.focus();
  });
  slider.addEventListener("input", () => { if (crop) resize(toSize(slider.value)); });
  for (const button of form.querySelectorAll("[data-size]")) {
    button.addEventListener("click", () => crop && resize(crop.size * (1 + 2 * STEP) ** Number(button.dataset.size)));
  }
  form.addEventListener("dragover", (event) => event.preventDefault());
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    if (!event.dataTransfer.files.length) return;
    input.files = event.dataTransfer.files;
    choose();
  });
  let width = innerWidth;
  addEventListener("resize", () => { if (picture && innerWidth !== width) { width = innerWidth; lay(); } });
  if (input.files.length) choose(); // after a reload browsers keep what was chosen
})();
