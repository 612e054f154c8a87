import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { DONE, FETCH } from "../../../static/js/live/apply.js";
import { Cards, places } from "../../../static/js/moderation/cards.js";
import { show } from "../dom.js";

beforeEach(() => mock.timers.enable({ apis: ["setTimeout"] }));
afterEach(() => mock.timers.reset());

/** A card, with its key in each queue that it is in. */
function card(id, where, { decision = "", actor = "", article = 1, author = 5, says = "" } = {}) {
  return (
    `<li id="case-${id}" class="case" data-where="${where}" data-article="${article}" data-author="${author}"` +
    ` data-decision="${decision}" data-actor="${actor}"><p class="case-state">${says}</p><input type="checkbox" name="pick"></li>`
  );
}

const waits = (id, options) => card(id, `held:${id}`, options);
const entry = (id, html) => ({ target: `case-${id}`, html });

/** The page of the queue "held" with these cards. */
function open(cards, { articles = "", author = "", first = "yes", next = false } = {}) {
  show(
    `<a data-count="held">0</a><a data-count="reported">0</a><div class="queue" data-queue="held" data-viewer="1"` +
      ` data-articles="${articles}" data-author="${author}" data-first="${first}"><ol id="cases">${cards.join("")}</ol>` +
      `${next ? '<nav><a rel="next" href="?after=9">More</a></nav>' : ""}</div>`,
  );
  const heard = { left: [], wanted: [], changed: 0 };
  const made = new Cards(document.querySelector("[data-queue]"), {
    left: (each, own) => heard.left.push([each.id, own]),
    wanted: (ids) => heard.wanted.push(...ids),
    changed: () => {
      heard.changed += 1;
    },
  });
  return { made, heard, shown: () => [...made.list.children].map((each) => each.id.replace("case-", "")) };
}

test("a card says in which queues it is", () => {
  show(card(1, "held:12 reported:7"));
  assert.deepEqual(
    [...places(document.querySelector("li"))],
    [
      ["held", 12],
      ["reported", 7],
    ],
  );
  show(card(1, ""));
  assert.equal(places(document.querySelector("li")).size, 0);
});

test("a new card takes its place by its key, in whatever order they come", () => {
  const { made, shown, heard } = open([waits(3), waits(7)]);
  assert.equal(made.apply([entry(9, waits(9)), entry(5, waits(5)), entry(1, waits(1))]), DONE);
  assert.deepEqual(shown(), ["1", "3", "5", "7", "9"]);
  assert.equal(heard.changed, 1);
});

test("a card that another queue has is not shown here", () => {
  const { made, shown } = open([waits(3)]);
  made.apply([entry(5, card(5, "reported:5"))]);
  assert.deepEqual(shown(), ["3"]);
});

test("a card beyond the last is left to the next page, and one before the first to the first", () => {
  const { made, shown } = open([waits(3), waits(7)], { first: "no", next: true });
  made.apply([entry(9, waits(9)), entry(2, waits(2)), entry(5, waits(5))]);
  assert.deepEqual(shown(), ["3", "5", "7"]);
});

test("a page of some articles or of one author takes only theirs", () => {
  const some = open([waits(3)], { articles: "1 2" });
  some.made.apply([entry(4, waits(4, { article: 2 })), entry(5, waits(5, { article: 12 }))]);
  assert.deepEqual(some.shown(), ["3", "4"]);
  const one = open([waits(3)], { author: "5" });
  one.made.apply([entry(4, waits(4)), entry(5, waits(5, { author: 55 }))]);
  assert.deepEqual(one.shown(), ["3", "4"]);
});

test("a card that is decided says who did what, and goes after a while", () => {
  const { made, heard, shown } = open([waits(3), waits(4)]);
  made.apply([
    entry(3, card(3, "", { decision: 8, actor: 1, says: "You kept it." })),
    entry(4, card(4, "", { decision: 9, actor: 2, says: "Bob removed it." })),
  ]);
  assert.deepEqual(heard.left, [
    ["case-3", true],
    ["case-4", false],
  ]);
  assert.equal(document.querySelector("#case-4 .case-gone").textContent, "Bob removed it.");
  assert.deepEqual(made.all, []);
  mock.timers.tick(350);
  assert.deepEqual(shown(), ["4"]);
  mock.timers.tick(2_150);
  assert.deepEqual(shown(), []);
});

test("a card that comes back before it has gone stays", () => {
  const { made, shown } = open([waits(3)]);
  made.apply([entry(3, card(3, "", { decision: 8, actor: 2 }))]);
  made.apply([entry(3, waits(3, { decision: 9, actor: 2 }))]);
  mock.timers.tick(10_000);
  assert.deepEqual(shown(), ["3"]);
  assert.equal(made.all.length, 1);
});

test("a card that is being decided isn't put back to how it stood before", () => {
  const { made } = open([waits(3, { decision: 8, says: "Before" })]);
  made.all[0].setAttribute("data-deciding", "");
  made.apply([entry(3, waits(3, { decision: 8, says: "Edited" }))]);
  assert.match(made.all[0].textContent, /Before/);
  made.apply([entry(3, waits(3, { decision: 9, says: "Decided by another" }))]);
  assert.match(made.all[0].textContent, /Decided by another/);
});

test("a newer card keeps its place, its tick and being the current one", () => {
  const { made, shown } = open([waits(3), waits(7)]);
  made.all[0].querySelector("[name=pick]").checked = true;
  made.all[0].setAttribute("data-current", "");
  made.apply([entry(3, waits(3, { says: "Edited" }))]);
  assert.deepEqual(shown(), ["3", "7"]);
  assert.ok(made.all[0].querySelector("[name=pick]").checked);
  assert.ok(made.all[0].hasAttribute("data-current"));
  made.apply([entry(3, card(3, "held:8"))]);
  assert.deepEqual(shown(), ["7", "3"]);
});

test("cards that came without their html are asked for, all at once", () => {
  const { made, heard } = open([]);
  assert.equal(made.apply([entry(3, null), entry(4, waits(4)), entry("p5", null)]), DONE);
  assert.deepEqual(heard.wanted, ["3", "p5"]);
});

test("counts are told up to ninety-nine, and fetched where they came bare", () => {
  const { made } = open([]);
  const counts = (held, reported) => `<p data-held="${held}" data-reported="${reported}"></p>`;
  assert.equal(made.apply([{ target: "queue-counts", html: counts(99, 100) }]), DONE);
  assert.deepEqual(
    [...document.querySelectorAll("[data-count]")].map((each) => each.textContent),
    ["99", "99+"],
  );
  assert.equal(made.apply([{ target: "queue-counts", html: null }]), FETCH);
});

/** A fresh page with these cards. */
function fresh(cards, next = false) {
  const html = `<!doctype html><html><body><ol id="cases">${cards.join("")}</ol>${next ? '<a rel="next" href="?"></a>' : ""}</body></html>`;
  return new DOMParser().parseFromString(html, "text/html");
}

test("what a fresh page shows is what there is", () => {
  const { made, shown } = open([waits(3), waits(5), waits(7)]);
  made.replace(fresh([waits(2), waits(5), waits(9)]));
  assert.deepEqual(shown(), ["2", "5", "9"]);
});

test("a fresh page says nothing of what is behind its end, or being decided", () => {
  const { made, shown } = open([waits(3), waits(5), waits(7)]);
  made.all[0].setAttribute("data-deciding", "");
  made.replace(fresh([waits(2), waits(6)], true));
  assert.deepEqual(shown(), ["2", "3", "6", "7"]);
});
