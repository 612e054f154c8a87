import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { show } from "./dom.js";

process.env.TZ = "Europe/Berlin"; // where the reader is
show("");
const { watchTimes } = await import("../../static/js/times.js");

const NOW = Date.parse("2026-05-10T12:00:00Z");
const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

beforeEach(() => mock.timers.enable({ apis: ["setInterval", "Date"], now: NOW }));
afterEach(() => mock.timers.reset());

/** What is shown of a moment so long before now. */
function shown(before, style = "relative") {
  const moment = new Date(NOW - before).toISOString();
  const document = show(`<time data-when="${style}" datetime="${moment}">UTC</time>`);
  watchTimes();
  return document.querySelector("time").textContent;
}

test("a moment is told as how long ago it was, rounded down", () => {
  for (const [before, words] of [
    [0, "just now"],
    [59 * SECOND, "just now"],
    [MINUTE, "1 minute ago"],
    [2 * MINUTE - 1, "1 minute ago"],
    [59 * MINUTE, "59 minutes ago"],
    [HOUR, "1 hour ago"],
    [DAY - 1, "23 hours ago"],
    [DAY, "yesterday"],
    [7 * DAY, "7 days ago"],
  ])
    assert.equal(shown(before), words, `${before / SECOND} seconds`);
});

test("what is long ago, or a clock's fault away in the future, is told by its day", () => {
  assert.equal(shown(7 * DAY + SECOND), "3 May 2026");
  assert.equal(shown(-30 * SECOND), "just now");
  assert.equal(shown(-2 * MINUTE), "10 May 2026");
});

test("a day and a minute are the reader's own", () => {
  const late = NOW - Date.parse("2026-03-01T23:30:00Z");
  assert.equal(shown(late, "day"), "2 March 2026");
  assert.match(shown(late, "minute"), /^2 March 2026.*00:30$/);
});

test("the whole date can be had by hovering, and one that is there stays", () => {
  const moment = new Date(NOW - HOUR).toISOString();
  const document = show(
    `<time data-when="relative" datetime="${moment}"></time><time data-when="day" datetime="${moment}" title="Said so"></time>`,
  );
  watchTimes();
  const [first, second] = document.querySelectorAll("time");
  assert.match(first.title, /^Sunday,? 10 May 2026.*13:00:00/);
  assert.equal(second.title, "Said so");
});

test("times go on while the page is open", () => {
  shown(59 * SECOND);
  mock.timers.tick(30 * SECOND);
  assert.equal(document.querySelector("time").textContent, "1 minute ago");
});

test("times that arrive later are shown the reader's way, too", () => {
  show("<p></p>");
  watchTimes();
  const item = document.createElement("div");
  item.innerHTML = `<time data-when="relative" datetime="${new Date(NOW - HOUR).toISOString()}">UTC</time>`;
  document.querySelector("p").append(item);
  return new Promise((then) => setImmediate(then)).then(() =>
    assert.equal(document.querySelector("time").textContent, "1 hour ago"),
  );
});
