// The line to the forum: new messages and mentions appear as they happen, and nothing is missed while it was down.
// The feed is numbered: `last` is what this page has. The server sends everything after it, over the websocket or,
// where that is blocked, over /notifications/feed.
(() => {
  const PATIENCE_MS = 45_000, ANSWER_MS = 5_000, POLL_MS = 15_000, CLOCK_MS = 5_000, RESTART_MS = 1_500, TOASTS_MAX = 4;
  const RETRY_MS = [300, 1_000, 2_000, 5_000, 10_000, 20_000];
  const body = document.body;
  const words = document.getElementById("words")?.dataset ?? {};
  const light = document.getElementById("live");
  const plainTitle = document.title;
  let last = Number(body.dataset.seq), socket = null, failures = 0, opened = false, timer = 0, silence = 0, polling = false;
  let catching = null, target = last, asked = true, pending = [], heard = 0, others = null;

  document.cookie = "quorum_js=1; path=/; samesite=lax"; // markers move as one reads, not with each page
  const show = (state) => { if (light) light.dataset.state = state; };
  const showProgress = () => show(last < target || asked || catching ? "catching-up" : "live");
  const later = (work, ms) => { clearTimeout(timer); timer = setTimeout(work, ms); };

  // `turn` is another one when notices look otherwise that take no number for it.
  function count(unread, turn) {
    for (const badge of document.querySelectorAll("[data-unread]")) {
      const number = unread[badge.dataset.unread] ?? 0;
      badge.hidden = number === 0;
      badge.textContent = number > 99 ? "99+" : number;
    }
    const all = unread.notifications + unread.messages;
    document.title = all ? `(${all}) ${plainTitle}` : plainTitle;
    if (!all) pending = [];
    document.dispatchEvent(new CustomEvent("quorum:numbers", { detail: { ...unread, turn } }));
  }

  // A line that stays silent for longer than it may is down, whatever the browser believes.
  function expectWord(ms) {
    clearTimeout(silence);
    silence = setTimeout(drop, ms);
  }

  // Not `close` alone: the browser would wait a minute for an answer from the other end, which may be gone.
  function drop() {
    const line = socket;
    if (!line) return;
    line.onmessage = line.onclose = null;
    line.close();
    lost();
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
    while (place.children.length > TOASTS_MAX) place.firstElementChild.remove();
    document.getElementById("announce").textContent = sentence(event);
  }

  // ---- Toasts: once for each person and browser, in the tab that they look at. A tab that nobody sees keeps what it has
  // until somebody does, and forgets what another tab has shown, and all of it when nothing is unread any more.
  const seen = `toasted:${body.dataset.user}`;
  let toasted = last;
  try { toasted = Math.max(last, Number(sessionStorage.getItem(seen))); } catch { /* then it may be shown twice */ }

  function noteToasted(seq) {
    toasted = Math.max(toasted, seq);
    pending = pending.filter((event) => event.seq > toasted);
    try { sessionStorage.setItem(seen, toasted); } catch { /* as above */ }
  }

  function showToasts() {
    if (document.visibilityState === "hidden") return;
    const fresh = pending.filter((event) => event.seq > toasted).slice(-TOASTS_MAX);
    pending = [];
    if (!fresh.length) return;
    fresh.forEach(toast);
    noteToasted(fresh.at(-1).seq);
    others?.postMessage(toasted);
  }

  function hearOthers() {
    if (others || !("BroadcastChannel" in window)) return;
    others = new BroadcastChannel(`quorum:${body.dataset.user}`);
    others.onmessage = ({ data }) => noteToasted(Number(data) || 0);
  }

  // What appears in the conversation before one's eyes needs no notice.
  const isOpen = (event) => event.kind === "message" && document.visibilityState === "visible" && event.url.split("#")[0] === location.pathname;

  // Each event exactly once and in order: what has been seen is not taken again, whichever way it comes, and one that does
  // not follow the last means that something is missing, which the feed has.
  function take(event) {
    if (event.seq <= last) return;
    if (event.seq > last + 1 || catching) catchUp();
    else accept(event);
  }

  function accept(event) {
    last = event.seq;
    if (event.kind === "hidden" || event.read) return;
    if (isOpen(event)) noteToasted(event.seq);
    else pending.push(event);
    showToasts();
    document.dispatchEvent(new CustomEvent("quorum:event", { detail: event }));
  }

  function hear(message) {
    expectWord(PATIENCE_MS);
    heard += 1;
    target = Math.max(target, message.seq ?? 0);
    if (message.unread) count(message.unread, message.turn);
    if (message.type === "ready") {
      failures = 0;
      opened = true;
      asked = last < message.seq;
      say({ type: "hello", seq: last });
      watch();
    } else if (message.type === "notification") take(message);
    else if (message.type === "conversation") document.dispatchEvent(new CustomEvent("quorum:conversation", { detail: message }));
    else if (message.type === "topic") document.dispatchEvent(new CustomEvent("quorum:topic", { detail: message }));
    else if (message.type === "ping") say({ type: "pong" });
    else if (message.type === "resync" || last < target) catchUp();
    if (["notification", "unread", "resync"].includes(message.type)) asked = false;
    showProgress();
  }

  const say = (message) => { if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message)); };

  // The topic or conversation that this page has open, in the version that it shows.
  function watch() {
    const { topic, version } = document.getElementById("comments")?.dataset ?? {};
    if (version) say({ type: "watch", topic, version: Number(version) });
    const talk = document.getElementById("messages")?.dataset;
    if (talk?.version) say({ type: "watch", conversation: talk.thread, version: Number(talk.version) });
  }

  function connect() {
    if (socket && socket.readyState <= WebSocket.OPEN) return;
    asked = true;
    if (!polling) show(navigator.onLine ? "catching-up" : "offline");
    const line = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/ws`);
    socket = line;
    line.onmessage = ({ data }) => { polling = false; hear(JSON.parse(data)); };
    line.onclose = ({ code }) => { if (socket === line) lost(code); };
  }

  const pause = () => RETRY_MS[Math.min(failures, RETRY_MS.length) - 1] * (0.75 + Math.random() / 2);

  // 1008 may mean that one is logged out, which the feed says; several failures, that websockets do not get through.
  function lost(code) {
    clearTimeout(silence);
    socket = null;
    failures += 1;
    if (code === 1008 || failures > 2) return poll();
    show("offline");
    later(connect, code === 1012 ? 100 + Math.random() * RESTART_MS : pause()); // all come back at once
  }

  // Everything after `last`, page by page of the feed, until nothing is missing. One at a time.
  function catchUp() {
    catching ??= readFeed().finally(() => { catching = null; }).then(
      () => { asked = false; showProgress(); },
      () => { if (socket) setTimeout(() => socket && catchUp(), pause()); },
    );
    showProgress();
    return catching;
  }

  async function readFeed() {
    for (let more = true; more;) {
      const before = heard, known = target;
      const answer = await fetch(`/notifications/feed?after=${last}`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw answer;
      const feed = await answer.json();
      feed.events.filter((event) => event.seq > last).forEach(accept);
      if (!feed.more) last = Math.max(last, feed.seq, known); // what is missing before that has been erased
      if (before === heard) count(feed.unread, feed.turn); // else the socket knows better by now
      more = feed.more || last < target;
    }
  }

  async function poll() {
    if (socket) return;
    polling = true;
    document.dispatchEvent(new CustomEvent("quorum:topic"));
    try {
      await readFeed();
      if (socket) return;
      show("live");
    } catch (answer) {
      if (socket) return;
      show("offline");
      if (answer.status === 401 || answer.status === 403) return; // logged out elsewhere: the next page says so
    }
    if (opened || failures % 8 === 0) later(connect, opened ? pause() : POLL_MS);
    else later(() => { failures += 1; poll(); }, POLL_MS);
  }

  function wake() {
    if (document.visibilityState === "hidden") return;
    showToasts();
    if (socket?.readyState === WebSocket.OPEN) {
      asked = true;
      show("catching-up");
      say({ type: "hello", seq: last });
      watch();
      expectWord(ANSWER_MS);
    } else { failures = Math.min(failures, 1); clearTimeout(timer); connect(); }
  }

  // A clock that jumps: the computer has slept, perhaps with this page on the screen.
  let clock = Date.now();
  setInterval(() => {
    const jump = Date.now() - clock;
    clock += jump;
    if (jump > 3 * CLOCK_MS) wake();
  }, CLOCK_MS);

  document.addEventListener("visibilitychange", wake);
  document.addEventListener("resume", wake);
  addEventListener("pageshow", ({ persisted }) => { hearOthers(); if (persisted) wake(); });
  addEventListener("online", wake);
  addEventListener("offline", () => show("offline"));
  // Neither an open line nor a channel: with these, browsers do not keep the page for the way back.
  addEventListener("pagehide", () => {
    const line = socket;
    socket = null;
    clearTimeout(timer);
    line?.close();
    others?.close();
    others = null;
  });
  hearOthers();
  count({
    notifications: Number(document.querySelector('[data-unread="notifications"]')?.textContent || 0),
    messages: Number(document.querySelector('[data-unread="messages"]')?.textContent || 0),
  });
  connect();
})();
