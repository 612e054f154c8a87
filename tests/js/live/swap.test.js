import assert from "node:assert/strict";
import { test } from "node:test";
import { swap } from "../../../static/js/live/swap.js";
import { show } from "../dom.js";

/** Swap what stands on a page for this; the element that has the focus afterwards. */
function swapped(old, fresh, focus) {
  const document = show(`<main>${old}</main><template>${fresh}</template>`);
  if (focus) document.querySelector(focus).focus();
  const shown = document.querySelector("main > *");
  swap(shown, document.importNode(document.querySelector("template").content.firstElementChild, true));
  return { document, shown, focused: document.activeElement };
}

test("what says the same stays the same element", () => {
  const { document, shown } = swapped("<p id=a>Same</p>", "<p id=a>Same</p>");
  assert.ok(document.querySelector("main > *") === shown);
});

test("what the reader has opened stays open, and closed what they have closed", () => {
  const fold = (open, text) => `<details${open ? " open" : ""}><summary>${text}</summary></details>`;
  const { document } = swapped(
    `<div>${fold(true, "a")}${fold(false, "b")}</div>`,
    `<div>${fold(false, "A")}${fold(true, "B")}${fold(true, "C")}</div>`,
  );
  const open = [...document.querySelectorAll("details")].map((each) => each.open);
  assert.deepEqual(open, [true, false, true]);
});

test("the focus goes to the same button or link in the newer part", () => {
  const bar = (count) =>
    `<div><a href="/x">x</a><button id="b">${count}</button><a href="/y">y${count}</a></div>`;
  assert.equal(swapped(bar(1), bar(2), "#b").focused.textContent, "2");
  assert.equal(swapped(bar(1), bar(2), "[href='/y']").focused.textContent, "y2");
  assert.equal(
    swapped(
      "<div><button>Fold</button>1</div>",
      "<div><button>Show</button><button>Fold</button></div>",
      "button",
    ).focused.textContent,
    "Fold",
  );
});

test("where what had the focus is gone its place has it", () => {
  const { focused } = swapped("<div><button>Undo</button></div>", "<div><p>Done</p></div>", "button");
  assert.equal(focused.localName, "div");
  assert.equal(focused.tabIndex, -1);
});

test("a part that can have the focus by itself keeps its place in the order of keys", () => {
  const { focused } = swapped("<button>Follow</button>", "<button>Unfollow</button>", "button");
  assert.equal(focused.textContent, "Unfollow");
  assert.equal(focused.getAttribute("tabindex"), null);
});

test("a focus that is elsewhere stays there", () => {
  const document = show("<main><p>Old</p><button>Here</button></main>");
  document.querySelector("button").focus();
  const fresh = document.createElement("p");
  swap(document.querySelector("p"), fresh);
  assert.equal(document.activeElement.textContent, "Here");
});
