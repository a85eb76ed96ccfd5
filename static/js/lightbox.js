// The pictures of a text, one after the other, as large as fits. Loaded at the first press on one.
let box, all = [], at = 0;
const part = (name) => box.querySelector(`[data-box=${name}]`);

function show(number) {
  at = (number + all.length) % all.length;
  const link = all[at], small = link.querySelector("img"), large = part("picture");
  large.removeAttribute("srcset");
  large.src = small.currentSrc || small.src; // there already
  large.width = small.getAttribute("width");
  large.height = small.getAttribute("height");
  large.alt = small.alt;
  const whole = new Image();
  whole.src = link.href;
  whole.decode().then(() => { if (all[at] === link && box.open) large.src = link.href; }, () => {});
  part("words").textContent = small.alt;
  part("count").textContent = all.length > 1 ? `${at + 1} / ${all.length}` : "";
  part("whole").href = link.href;
  for (const name of ["before", "after"]) part(name).hidden = all.length < 2;
}

function styled() {
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: document.getElementById("lightbox").dataset.style });
  return new Promise((done) => { sheet.onload = sheet.onerror = done; document.head.append(sheet); });
}

function made() {
  box = document.getElementById("lightbox").content.firstElementChild.cloneNode(true);
  document.body.append(box);
  part("before").onclick = () => show(at - 1);
  part("after").onclick = () => show(at + 1);
  part("close").onclick = () => box.close();
  box.addEventListener("click", ({ target }) => { if (target === box || target === part("stage")) box.close(); });
  box.addEventListener("keydown", (event) => {
    event.stopPropagation(); // the keys of the page below rest
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && all.length > 1) { event.preventDefault(); show(at + step); }
  });
  box.addEventListener("close", () => { all[at].scrollIntoView({ block: "nearest" }); all[at].focus({ preventScroll: true }); });
}

export async function open(link) {
  if (!box) { made(); await styled(); }
  all = [...(link.closest(".prose") ?? document).querySelectorAll("a.picture")];
  show(all.indexOf(link));
  box.showModal();
}
