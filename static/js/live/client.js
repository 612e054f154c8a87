// The live part of a page that says what it follows: joins by socket, polls while there is none, and compares numbers
// whenever something may have been missed. Loaded after the page has been painted.
import { io } from "../../vendor/socket.io/socket.io.js";
import { Page } from "./apply.js";
import { Follower } from "./catchup.js";
import { applyCounts } from "./counts.js";
import { fetchEvents } from "./net.js";
import { Status } from "./status.js";
import { Waiting } from "./waiting.js";

const POLL = 5_000;
const ANSWER = 10_000;
const AGAIN = 1_000;

const section = document.querySelector("[data-live-stream]");
const front = document.querySelector("[data-live-front]");
const status = section && new Status();
const waiting = new Waiting(section?.querySelector(".pill"), show);

export const page = section && new Page(waiting, (count) => status.arrived(count));
export const follower =
  section &&
  new Follower({
    stream: section.dataset.liveStream,
    seen: Number(section.dataset.liveSeq),
    page,
    fetchEvents,
    refetch: async () => (await import("./reset.js")).reset(page),
    tell: (ok) => status.connected(follower.gone || (ok && joined)),
  });
export const socket = io({
  transports: ["websocket"],
  reconnectionDelay: AGAIN,
  reconnectionDelayMax: 10 * AGAIN,
  randomizationFactor: 0.5,
});

let joined = false;
let polling = null;

function later(fn, milliseconds) {
  return setTimeout(fn, milliseconds * (0.5 + Math.random()));
}

function join(stream, then) {
  socket.timeout(ANSWER).emit("live:join", { stream }, (fault, answer) => {
    if (!fault) then(answer);
    else if (socket.connected) socket.disconnect().connect();
  });
}

function poll() {
  polling ??= later(async () => {
    polling = null;
    // After a failure the follower asks again by itself, more and more rarely.
    if (follower.failures === 0) await follower.catchUp();
    if (!joined && !follower.gone) poll();
  }, POLL);
}

// Not joined, for whatever reason: the same news, only later.
function down() {
  joined = false;
  if (!follower || follower.gone) return;
  status.connected(false);
  poll();
}

// The pill was pressed.
async function show() {
  if (waiting.owed.size) await follower.catchUp({ after: waiting.after });
  const first = page.reveal() ?? page.list.firstElementChild;
  first.tabIndex = -1;
  first.focus({ preventScroll: true });
  document.getElementById("thread-head").scrollIntoView();
}

// The visitor's own comment is shown at once, by everyone's way.
async function showOwn({ id, seq }) {
  const target = `comment-${id}`;
  page.own.add(target);
  if (follower.seen < seq) await follower.catchUp();
  if (waiting.owed.has(target)) await follower.catchUp({ after: waiting.after });
  const item = page.showOwn(target);
  if (item) item.scrollIntoView({ block: "nearest" });
  else location.assign(`/comments/${id}`); // it stands on another page of the thread
}

socket.on("connect", () => {
  if (front) join("front", () => {});
  if (!follower || follower.gone) return;
  join(follower.stream, ({ head, error }) => {
    // It may not be followed (an article that only its editors see yet); asking says so for good.
    if (error) return follower.catchUp();
    joined = true;
    clearTimeout(polling);
    polling = null;
    status.connected(true);
    // A page newer than the worker's news is nothing wrong: what it has is still on its way there.
    if (head > follower.seen) follower.catchUp();
  });
});

socket.on("disconnect", (reason) => {
  down();
  // Sent away (logged out elsewhere, say): it may come back, as whoever it is then.
  if (reason === "io server disconnect") later(() => socket.connect(), AGAIN);
});

socket.on("connect_error", () => {
  down();
  if (!socket.active) later(() => socket.connect(), 10 * AGAIN);
});

socket.on("live:event", (batch) => follower?.receive(batch));
socket.on("live:head", ({ stream, head }) => stream === follower?.stream && follower.compare(head));
socket.on("live:counts", applyCounts);

function wake() {
  if (!socket.connected) socket.connect();
  follower?.catchUp();
}

document.addEventListener("visibilitychange", () => document.hidden || wake());
window.addEventListener("online", wake);
window.addEventListener("offline", () => socket.disconnect());
window.addEventListener("pageshow", (event) => event.persisted && wake());
document.addEventListener("reader:posted", (event) => {
  if (!page) return;
  event.preventDefault();
  showOwn(event.detail);
});

// Until the first join: a proxy may swallow websockets without a word.
down();
