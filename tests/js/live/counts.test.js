import assert from "node:assert/strict";
import { test } from "node:test";
import { applyCounts } from "../../../static/js/live/counts.js";
import { showWatching } from "../../../static/js/live/watching.js";
import { show } from "../dom.js";

test("numbers of comments are told where they are known, in words", () => {
  const document = show(
    '<p data-comments-of="1">2 comments</p><p data-comments-of="1"></p><p data-comments-of="2"></p><p data-comments-of="3">as before</p>',
  );
  applyCounts({ 1: 1, 2: 12_345, 31: 7 });
  const words = [...document.querySelectorAll("p")].map((each) => each.textContent);
  assert.deepEqual(words, ["1 comment", "1 comment", "12,345 comments", "as before"]);
});

test("a number that has become nought is told, too", () => {
  const document = show('<p data-comments-of="1">1 comment</p>');
  applyCounts({ 1: 0 });
  assert.equal(document.querySelector("p").textContent, "0 comments");
});

test("comments about a claim are no article's, and its button says them in brackets", () => {
  const document = show(
    '<p data-comments-about="7"></p><a class="discuss" data-comments-about="7"></a><p data-comments-of="7">old</p>',
  );
  const words = () => [...document.querySelectorAll("p, a")].map((each) => each.textContent);
  applyCounts({ "claim-7": 1 });
  assert.deepEqual(words(), ["1 comment about it", "Discuss this claim (1)", "old"]);
  applyCounts({ "claim-7": 0 });
  assert.deepEqual(words(), ["0 comments about it", "Discuss this claim", "old"]);
});

test("how many read is told to who isn't alone, and again to a fresh page", () => {
  const line = () => document.querySelector(".watching").textContent;
  show('<p class="watching"></p>');
  showWatching(1);
  assert.equal(line(), "");
  showWatching(1200);
  assert.equal(line(), "1,200 reading now");
  show('<p class="watching"></p>');
  showWatching();
  assert.equal(line(), "1,200 reading now");
  show("");
  showWatching(3);
});
