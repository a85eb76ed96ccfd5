// For the pages with passwords: show what is typed, and another captcha picture without sending the form.
(() => {
  for (const box of document.querySelectorAll(".with-eye")) {
    const input = box.querySelector("input");
    box.append(box.querySelector("template").content.cloneNode(true));
    const eye = box.querySelector(".eye");
    const show = (shown) => {
      input.type = shown ? "text" : "password";
      eye.setAttribute("aria-pressed", String(shown));
      eye.title = eye.ariaLabel = shown ? box.dataset.hide : box.dataset.show;
    };
    eye.addEventListener("click", () => { show(input.type === "password"); input.focus(); });
    input.form.addEventListener("submit", () => show(false));
    show(false);
  }

  const image = document.querySelector("img[data-captcha]");
  document.querySelector("[data-again]")?.addEventListener("click", (event) => {
    const id = image.form?.captcha_id ?? document.querySelector('input[name="captcha_id"]');
    const field = document.getElementById("f-captcha");
    event.preventDefault();
    // The same id: the server keeps the answer of the newest picture alone.
    image.src = `/api/v1/image_codes/${id.value}?${Date.now()}`;
    field.value = "";
    field.focus();
  });
})();
