// Passkeys: asks the browser for what a form says, puts the answer into it and sends it. Also the buttons of recovery codes.
(() => {
  const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));
  const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  const token = () => document.querySelector("meta[name=csrf-token]")?.content ?? "";
  const isNumber = /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/.test(location.hostname);
  const able = "credentials" in navigator && "PublicKeyCredential" in window;
  let waiting = null; // the conditional ceremony; a browser does one at a time

  function say(form, sentence) {
    const problem = form.querySelector("[data-problem]");
    problem.textContent = sentence ?? "";
    problem.hidden = !sentence;
  }

  async function optionsOf(form) {
    const answer = await fetch(form.dataset.options, { method: "POST", headers: { "X-CSRF-Token": token(), Accept: "application/json" } });
    const found = await answer.json();
    if (found.confirm) location.assign(`${found.confirm}?next=${encodeURIComponent(location.pathname)}`);
    if (!answer.ok) throw Object.assign(new Error(found.errmsg), { ours: true });
    return found;
  }

  function unpacked(options) {
    const withIds = (list) => (list ?? []).map((entry) => ({ ...entry, id: bytes(entry.id) }));
    const found = { ...options, challenge: bytes(options.challenge) };
    if (options.user) found.user = { ...options.user, id: bytes(options.user.id) };
    if (options.excludeCredentials) found.excludeCredentials = withIds(options.excludeCredentials);
    if (options.allowCredentials) found.allowCredentials = withIds(options.allowCredentials);
    return found;
  }

  function packed(credential) {
    const given = credential.response;
    const response = { clientDataJSON: text(given.clientDataJSON) };
    if (given.attestationObject) {
      response.attestationObject = text(given.attestationObject);
      response.transports = given.getTransports?.() ?? [];
    } else {
      response.authenticatorData = text(given.authenticatorData);
      response.signature = text(given.signature);
      response.userHandle = given.userHandle ? text(given.userHandle) : null;
    }
    return JSON.stringify({
      id: credential.id, rawId: text(credential.rawId), type: credential.type, response,
      authenticatorAttachment: credential.authenticatorAttachment ?? null, clientExtensionResults: {},
    });
  }

  function send(form, credential) {
    form.querySelector("[data-answer]").value = packed(credential);
    const remember = form.querySelector("[data-remember]");
    if (remember) remember.value = document.getElementById("f-remember")?.checked ? "1" : "";
    form.submit();
  }

  async function ask(form) {
    waiting?.abort();
    waiting = null;
    say(form);
    form.setAttribute("aria-busy", "true");
    try {
      const publicKey = unpacked(await optionsOf(form));
      const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
      if (credential) return send(form, credential);
    } catch (error) {
      const cancelled = error.name === "NotAllowedError" || error.name === "AbortError";
      say(form, error.ours ? error.message : cancelled ? form.dataset.cancelled : `${form.dataset.failed} (${error.name})`);
    }
    form.removeAttribute("aria-busy");
  }

  // The browser offers passkeys among the names that it fills in, without a press.
  async function offer(form) {
    if (!(await PublicKeyCredential.isConditionalMediationAvailable?.())) return;
    const control = new AbortController();
    waiting = control;
    try {
      const publicKey = unpacked(await optionsOf(form));
      if (control.signal.aborted) return;
      const credential = await navigator.credentials.get({ publicKey, mediation: "conditional", signal: control.signal });
      if (credential) send(form, credential);
    } catch { /* the button is still there */ }
  }

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    if (!able || isNumber) {
      form.querySelector("button").disabled = true;
      say(form, isNumber ? form.dataset.number : form.dataset.none);
      form.classList.add("passkey-off");
      continue;
    }
    form.addEventListener("submit", (event) => { event.preventDefault(); ask(form); });
    if ("conditional" in form.dataset) offer(form);
  }

  document.querySelector("[data-copy-codes]")?.addEventListener("click", async (event) => {
    const button = event.currentTarget;
    const codes = [...document.querySelectorAll(".codes code")].map((code) => code.textContent).join("\n");
    await navigator.clipboard?.writeText(codes);
    button.lastChild.textContent = document.getElementById("words")?.dataset.copied ?? "✓";
  });
})();
