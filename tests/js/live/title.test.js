import assert from "node:assert/strict";
import { test } from "node:test";
import { show } from "../dom.js";

const document = show("");
document.title = "The bridge";
const { arrived, retitle } = await import("../../../static/js/live/title.js");

/** Put the page behind another tab, or before. */
function hide(hidden) {
  document.hidden = hidden;
  document.dispatchEvent(new Event("visibilitychange"));
}

test("the title counts what arrived while nobody looked, till somebody does", () => {
  hide(false);
  arrived(2);
  assert.equal(document.title, "The bridge");
  hide(true);
  arrived(1);
  arrived(2);
  assert.equal(document.title, "(3) The bridge");
  retitle("The new bridge");
  assert.equal(document.title, "(3) The new bridge");
  hide(false);
  assert.equal(document.title, "The new bridge");
  hide(true);
  arrived(1);
  assert.equal(document.title, "(1) The new bridge");
});
