import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { Waiting } from "../../../static/js/live/waiting.js";
import { show } from "../dom.js";

let pill;
let waiting;
let presses;

beforeEach(() => {
  const document = show('<div class="pill" hidden></div>');
  pill = document.querySelector(".pill");
  presses = 0;
  waiting = new Waiting(pill, () => {
    presses += 1;
  });
});

function comment(id) {
  const item = document.createElement("li");
  item.id = `comment-${id}`;
  return item;
}

const says = () => (pill.hidden ? null : pill.textContent);
const ids = (items) => items.map((item) => item.id);

test("the pill counts what waits, and is hidden while nothing does", () => {
  assert.equal(says(), null);
  waiting.add(comment(1));
  assert.equal(says(), "Show 1 new comment");
  waiting.owe("comment-2", 7);
  assert.equal(says(), "Show 2 new comments");
  pill.querySelector("button").click();
  assert.equal(presses, 1);
});

test("what waits is given away once, newest first", () => {
  for (const id of [1, 2, 3]) waiting.add(comment(id));
  assert.deepEqual(ids(waiting.take("comment-2")), ["comment-2"]);
  assert.deepEqual(ids(waiting.take()), ["comment-3", "comment-1"]);
  assert.deepEqual(waiting.take(), []);
  assert.equal(says(), null);
});

test("a comment that was owed and comes is counted once", () => {
  waiting.owe("comment-1", 5);
  waiting.owe("comment-1", 5);
  waiting.add(comment(1));
  assert.equal(waiting.size, 1);
  assert.equal(waiting.after, null);
});

test("what is owed is fetched from before the first of it, until all is here", () => {
  waiting.owe("comment-8", 20);
  waiting.owe("comment-5", 12);
  waiting.owe("comment-9", 30);
  assert.equal(waiting.after, 12);
  waiting.settle("comment-5");
  waiting.settle("comment-8");
  assert.equal(waiting.after, 12);
  waiting.settle("comment-9");
  assert.equal(waiting.after, null);
  waiting.owe("comment-10", 40);
  assert.equal(waiting.after, 40);
});

test("a comment that waits is found, and what only looks like its id is not", () => {
  waiting.add(comment(1));
  assert.equal(waiting.find("comment-1").id, "comment-1");
  assert.ok(!waiting.find("comment-11"));
  assert.ok(!waiting.find('"], [id^="comment'));
});

test("a fresh page shows all, and its pill takes over", () => {
  waiting.add(comment(1));
  waiting.owe("comment-2", 3);
  const fresh = document.createElement("div");
  waiting.clear();
  waiting.settleIn(fresh);
  assert.equal(waiting.size, 0);
  assert.ok(fresh.hidden);
  waiting.add(comment(4));
  assert.equal(fresh.textContent, "Show 1 new comment");
});

test("a page without a pill keeps what waits all the same", () => {
  const bare = new Waiting(null, () => {});
  bare.add(comment(1));
  assert.deepEqual(ids(bare.take()), ["comment-1"]);
});
