import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";
import { show } from "../dom.js";

const KEY = "visit:article:1";
const NOW = Date.parse("2026-05-10T12:00:00Z");
const MINUTE = 60_000;

let scrolledTo; // the thread comes into view
globalThis.IntersectionObserver = class {
  constructor(then) {
    scrolledTo = () => then([{ isIntersecting: true }]);
  }
  observe() {}
  disconnect() {}
};

const comment = (id, author = 9) =>
  `<li class="comment" id="comment-${id}"><div class="comment-card" data-author="${author}">` +
  `<p class="comment-head"></p></div></li>`;

let loads = 0;

/** A visitor opens the thread, having kept this of earlier visits. */
async function open(kept) {
  localStorage.removeItem(KEY);
  if (kept) localStorage.setItem(KEY, typeof kept === "string" ? kept : JSON.stringify(kept));
  show(
    '<section id="comments" data-live-stream="article:1" data-visit-pause-seconds="1800">' +
      `<p class="thread-unread" hidden></p><ol id="thread">${[1, 2, 3, 4].map((id) => comment(id)).join("")}</ol></section>`,
  );
  // Each page loads its scripts anew.
  loads += 1;
  const { watchUnread } = await import(`../../../static/js/comments/unread.js?${loads}`);
  watchUnread();
  return [...document.querySelectorAll(".comment-card.new")].map((card) => card.closest(".comment").id);
}

const kept = () => JSON.parse(localStorage.getItem(KEY));

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["Date"], now: NOW });
});

test("nothing is new on a first visit, and all of it is read once it was in view", async () => {
  assert.deepEqual(await open(null), []);
  assert.equal(kept(), null);
  scrolledTo();
  assert.deepEqual(kept(), { seen: 4, latest: 4, at: NOW });
});

test("after a pause what came since is new, and the reader is told how much", async () => {
  assert.deepEqual(await open({ seen: 1, latest: 2, at: NOW - 31 * MINUTE }), ["comment-3", "comment-4"]);
  assert.match(document.querySelector(".thread-unread").textContent, /^2 new since your last visit/);
  scrolledTo();
  assert.deepEqual(kept(), { seen: 2, latest: 4, at: NOW });
});

test("within the pause it is the same visit: the same comments are new", async () => {
  assert.deepEqual(await open({ seen: 2, latest: 4, at: NOW - 29 * MINUTE }), ["comment-3", "comment-4"]);
  scrolledTo();
  assert.deepEqual(kept(), { seen: 2, latest: 4, at: NOW });
});

test("what is marked new is said to be, once", async () => {
  await open({ seen: 3, latest: 3, at: NOW - MINUTE });
  assert.equal(document.getElementById("comment-4").querySelectorAll(".new-mark").length, 1);
  assert.ok(!document.getElementById("comment-3").querySelector(".new-mark"));
});

test("what a browser kept wrongly is a first visit", async () => {
  assert.deepEqual(await open("{"), []);
  scrolledTo();
  assert.equal(kept().seen, 4);
});
