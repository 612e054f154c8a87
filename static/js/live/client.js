// The live part of a page that says what it follows, which may be several streams: joins by socket, polls while there is
// none, and compares numbers whenever something may have been missed. Loaded after the page has been painted.
import { io } from "../../vendor/socket.io/socket.io.js";
import { IN_MAIN, VERDICTS } from "./apply.js";
import { Channel, later } from "./channel.js";
import { applyCounts } from "./counts.js";
import { Status } from "./status.js";
import * as title from "./title.js";
import { showWatching } from "./watching.js";

const ANSWER = 10_000;
const AGAIN = 1_000;
const POLL = 5_000;

const front = document.querySelector("[data-live-front]");
const inMain = document.querySelectorAll(IN_MAIN);
const status = inMain.length ? new Status() : null;
// What the page is about comes first: its connection is the one that readers are told of.
const content = [...inMain].map((section) => new Channel(section, { heard, changed: tell }));
const around = [...document.querySelectorAll("[data-live-stream]")]
  .filter((section) => !section.closest("main"))
  .map((section) => new Channel(section));

export const channels = [...content, ...around];
export const page = content[0]?.page;
export const follower = content[0]?.follower;
// Where one writes; a list is only read.
const thread = content.find((channel) => channel.stream !== VERDICTS);
export const socket = io({
  transports: ["websocket"],
  reconnectionDelay: AGAIN,
  reconnectionDelayMax: 10 * AGAIN,
  randomizationFactor: 0.5,
});

function tell() {
  status.connected(content.every((channel) => channel.fine));
}

function heard(count) {
  status.arrived(count);
  title.arrived(count);
}

function join(stream, then) {
  socket.timeout(ANSWER).emit("live:join", { stream }, (fault, answer) => {
    if (!fault) then(answer);
    else if (socket.connected) socket.disconnect().connect();
  });
}

function down() {
  for (const channel of channels) channel.down();
}

socket.on("connect", () => {
  if (front) join("front", () => {});
  for (const channel of channels) {
    if (!channel.follower.gone) join(channel.stream, (answer) => channel.entered(answer));
  }
});

socket.on("disconnect", (reason) => {
  down();
  // Sent away (logged out elsewhere, say): it may come back, as whoever it is then.
  if (reason === "io server disconnect") {
    later(() => socket.connect(), AGAIN);
    follower?.refresh();
  }
});

socket.on("connect_error", () => {
  down();
  if (!socket.active) later(() => socket.connect(), 10 * AGAIN);
});

socket.on("live:event", (batch) => {
  for (const channel of channels) channel.follower.receive(batch);
});
socket.on("live:head", ({ stream, head }) => {
  for (const channel of channels) if (channel.stream === stream) channel.follower.compare(head);
});
socket.on("live:counts", applyCounts);
socket.on("live:watching", ({ stream, readers }) => {
  if (stream === content[0]?.stream) showWatching(readers);
});

function wake() {
  if (!socket.connected) socket.connect();
  for (const channel of channels) channel.follower.catchUp();
}

document.addEventListener("reader:own", () => follower?.refresh());
document.addEventListener("visibilitychange", () => document.hidden || wake());
window.addEventListener("online", wake);
window.addEventListener("offline", () => socket.disconnect());
window.addEventListener("pageshow", (event) => event.persisted && wake());
document.addEventListener("reader:posted", (event) => {
  if (!thread) return;
  event.preventDefault();
  thread.showOwn(event.detail);
});

// The visitor has changed something that is shown already.
document.addEventListener("reader:changed", (event) => {
  if (!thread) return;
  event.preventDefault();
  if (thread.follower.seen < event.detail.seq) thread.follower.catchUp();
});

// What changes at a known time does so on open pages too, without anybody telling them.
let tried = 0;
setInterval(() => {
  const at = Date.parse(document.getElementById("thread-state")?.dataset.changes ?? "");
  if (!(Date.now() > at) || Date.now() - tried < POLL) return;
  tried = Date.now();
  follower?.refresh();
}, 1_000);

// Until the first join: a proxy may swallow websockets without a word.
down();
