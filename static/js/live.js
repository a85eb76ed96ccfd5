// The line to the forum: new messages and mentions appear as they happen, and nothing is missed while it was down.
// The feed is numbered: `last` is what this page has. The server sends everything after it, over the websocket or,
// where that is blocked, over /notifications/feed.
(() => {
  const PATIENCE_MS = 45_000, ANSWER_MS = 5_000, POLL_MS = 15_000, RETRY_MS = [300, 1_000, 2_000, 5_000, 10_000, 20_000];
  const body = document.body;
  const words = document.getElementById("words")?.dataset ?? {};
  const light = document.getElementById("live");
  const plainTitle = document.title;
  let last = Number(body.dataset.seq), socket = null, failures = 0, opened = false, timer = 0, silence = 0, polling = false;

  document.cookie = "quorum_js=1; path=/; samesite=lax"; // markers move as one reads, not with each page
  const show = (state) => { if (light) light.dataset.state = state; };
  const later = (work, ms) => { clearTimeout(timer); timer = setTimeout(work, ms); };

  function count(unread) {
    for (const badge of document.querySelectorAll("[data-unread]")) {
      const number = unread[badge.dataset.unread] ?? 0;
      badge.hidden = number === 0;
      badge.textContent = number > 99 ? "99+" : number;
    }
    const all = unread.notifications + unread.messages;
    document.title = all ? `(${all}) ${plainTitle}` : plainTitle;
  }

  // A line that stays silent for longer than it may is down, whatever the browser believes.
  function expectWord(ms) {
    clearTimeout(silence);
    silence = setTimeout(() => socket?.close(), ms);
  }

  function sentence(event) {
    const kind = { watch_board: "watch", like: event.others ? "likes" : "like" }[event.kind] ?? event.kind;
    const text = (words[kind] ?? "{name}: {title}").replace("{others}", event.others);
    const apart = (said) => `\u2068${said}\u2069`; // as <bdi> does: letters that run the other way turn nothing else around
    return text.replace("{name}", () => apart(event.actor.name)).replace("{title}", () => apart(event.title));
  }

  function toast(event) {
    const drawn = document.getElementById("toast").content.cloneNode(true).firstElementChild;
    const slot = (name) => drawn.querySelector(`[data-slot="${name}"]`);
    drawn.querySelector("a").href = event.url;
    drawn.dataset.seq = event.seq;
    drawn.dataset.notice = event.id;
    slot("avatar").textContent = event.actor.initial;
    slot("avatar").classList.add(`hue-${Math.floor(event.actor.hue / 15)}`);
    if (event.actor.avatar) slot("avatar").append(Object.assign(new Image(36, 36), { src: event.actor.avatar, alt: "" }));
    slot("sentence").textContent = sentence(event);
    slot("excerpt").textContent = event.excerpt;
    const place = document.getElementById("toasts");
    place.querySelector(`[data-notice="${event.id}"]`)?.remove(); // it has grown
    place.append(drawn);
    while (place.children.length > 4) place.firstElementChild.remove();
    document.getElementById("announce").textContent = sentence(event);
  }

  // Each event exactly once: what has been seen is not taken again, whichever way it comes.
  function take(event) {
    if (event.seq <= last) return;
    last = event.seq;
    if (event.kind === "hidden" || event.read) return;
    toast(event);
    document.dispatchEvent(new CustomEvent("quorum:event", { detail: event }));
  }

  function hear(message) {
    expectWord(PATIENCE_MS);
    if (message.type !== "resync") show("live");
    if (message.unread) count(message.unread);
    if (message.type === "ready") {
      failures = 0;
      opened = true;
      say({ type: "hello", seq: last });
      watch();
    } else if (message.type === "notification") take(message);
    else if (message.type === "topic") document.dispatchEvent(new CustomEvent("quorum:topic", { detail: message }));
    else if (message.type === "ping") say({ type: "pong" });
    else if (message.type === "resync") catchUp();
  }

  const say = (message) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); };

  // The topic that this page has open, in the version that it shows.
  function watch() {
    const { topic, version } = document.getElementById("comments")?.dataset ?? {};
    if (version) say({ type: "watch", topic, version: Number(version) });
  }

  function connect() {
    if (socket && socket.readyState <= WebSocket.OPEN) return;
    show(navigator.onLine ? "catching-up" : "offline");
    const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    socket = line;
    line.onmessage = ({ data }) => hear(JSON.parse(data));
    line.onclose = ({ code }) => { if (socket === line) lost(code); };
  }

  function lost(code) {
    clearTimeout(silence);
    socket = null;
    show("offline");
    if (code === 1008 && opened) return; // logged out elsewhere: the next page says so
    failures += 1;
    if (!opened && failures > 2) poll();
    else later(connect, RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] * (0.75 + Math.random() / 2));
  }

  // Everything after `last`, page by page of the feed.
  async function catchUp() {
    show("catching-up");
    for (let more = true; more;) {
      const answer = await fetch(`/notifications/feed?after=${last}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(answer.status);
      const feed = await answer.json();
      count(feed.unread);
      const events = feed.events.slice(-4);
      last = Math.max(last, (feed.events.at(-events.length - 1)?.seq ?? 0));
      events.forEach(take);
      more = feed.more;
    }
    show("live");
  }

  async function poll() {
    if (polling) return;
    polling = true;
    document.dispatchEvent(new CustomEvent("quorum:topic"));
    try { await catchUp(); } catch { show("offline"); }
    polling = false;
    later(() => (failures % 8 ? (failures += 1, poll()) : (failures += 1, connect())), POLL_MS);
  }

  function wake() {
    if (document.visibilityState === "hidden") return;
    if (socket?.readyState === WebSocket.OPEN) {
      show("catching-up");
      say({ type: "hello", seq: last });
      watch();
      expectWord(ANSWER_MS);
    } else { failures = Math.min(failures, 1); clearTimeout(timer); connect(); }
  }

  document.addEventListener("visibilitychange", wake);
  addEventListener("pageshow", ({ persisted }) => { if (persisted) wake(); });
  addEventListener("online", wake);
  addEventListener("offline", () => show("offline"));
  addEventListener("pagehide", () => { const line = socket; socket = null; clearTimeout(timer); line?.close(); });
  count({
    notifications: Number(document.querySelector('[data-unread="notifications"]')?.textContent || 0),
    messages: Number(document.querySelector('[data-unread="messages"]')?.textContent || 0),
  });
  connect();
})();
