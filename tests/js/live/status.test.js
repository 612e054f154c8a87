import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { Status } from "../../../static/js/live/status.js";
import { show } from "../dom.js";

let status;

beforeEach(() => {
  show("");
  mock.timers.enable({ apis: ["setTimeout"] });
  status = new Status();
});
afterEach(() => mock.timers.reset());

const seen = () => (status.seen.hidden ? null : status.seen.textContent);

test("a short loss of the connection is never seen", () => {
  status.connected(false);
  mock.timers.tick(3_900);
  status.connected(true);
  mock.timers.tick(60_000);
  assert.equal(seen(), null);
});

test("a longer one is seen, and its end for a moment", () => {
  status.connected(false);
  mock.timers.tick(2_000);
  status.connected(false); // another stream's: the wait goes on
  mock.timers.tick(2_000);
  assert.match(seen(), /^Connection lost/);
  status.connected(true);
  assert.equal(seen(), "Connected again.");
  mock.timers.tick(4_000);
  assert.equal(seen(), null);
});

test("a connection that is lost again while its return is told is told of anew", () => {
  status.connected(false);
  mock.timers.tick(4_000);
  status.connected(true);
  mock.timers.tick(1_000);
  status.connected(false);
  mock.timers.tick(4_000);
  assert.match(seen(), /^Connection lost/);
});

test("comments that arrive one after the other are one announcement", () => {
  status.arrived(1);
  mock.timers.tick(900);
  status.arrived(2);
  mock.timers.tick(900);
  assert.equal(status.heard.textContent, "");
  mock.timers.tick(100);
  assert.equal(status.heard.textContent, "3 new comments");
  status.arrived(1);
  mock.timers.tick(1_000);
  assert.equal(status.heard.textContent, "1 new comment");
});
