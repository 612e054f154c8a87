import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { watchMentions } from "../../../static/js/comments/mention.js";

watchMentions();

let asked; // what the server is asked for
let names; // what it answers
let body;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  asked = [];
  names = ["ann", "anna"];
  globalThis.fetch = async (address) => {
    asked.push(`${address.pathname}${address.search}`);
    return new Response(JSON.stringify({ names }));
  };
  document.body.innerHTML =
    '<section data-live-stream="article:3"><form data-composer><textarea></textarea></form></section>';
  body = document.querySelector("textarea");
  body.setRangeText = (text, from, to) => {
    body.value = body.value.slice(0, from) + text + body.value.slice(to);
    body.selectionStart = from + text.length;
  };
});
afterEach(() => {
  press("Escape");
  mock.timers.reset();
});

/** Type so far; the caret stands at the end, or before what follows. */
async function type(text, following = "") {
  body.value = text + following;
  body.selectionStart = text.length;
  body.dispatchEvent(new Event("input", { bubbles: true }));
  mock.timers.tick(150);
  for (let each = 0; each < 3; each += 1) await turn();
}

function press(key) {
  const event = Object.assign(new Event("keydown", { bubbles: true, cancelable: true }), { key });
  body.dispatchEvent(event);
  return event;
}

const offered = () => [...document.querySelectorAll("#mention-list li")].map((each) => each.textContent);
const chosen = () => document.querySelector('#mention-list [aria-selected="true"]')?.textContent;

test("names are asked for by what stands between the sign and the caret", async () => {
  for (const [text, part] of [
    ["@an", "an"],
    ["Hello @an", "an"],
    ["(@an", "an"],
    ["so,@an", "an"],
    ["@an_n-a.b", "an_n-a.b"],
    ["@Zoë", "Zoë"],
    ["@李", "李"],
    ["\n@4u", "4u"],
    ["@ann @bo", "bo"],
  ]) {
    asked = [];
    await type(text, " and more");
    assert.deepEqual(asked, [`/comments/names?${new URLSearchParams({ q: part, article: "3" })}`], text);
  }
});

test("what is no mention asks for nobody", async () => {
  for (const text of [
    "",
    "@",
    "an",
    "mail ann@ex",
    "ünser@ex",
    "@ann ",
    "@@an",
    "example.org/@an",
    "@_x",
    "@-",
  ])
    await type(text);
  assert.deepEqual(asked, []);
});

test("names are asked for once a moment, not at every key", async () => {
  for (const text of ["@a", "@an", "@ann"]) {
    body.value = text;
    body.selectionStart = text.length;
    body.dispatchEvent(new Event("input", { bubbles: true }));
    mock.timers.tick(100);
  }
  mock.timers.tick(50);
  assert.equal(asked.length, 1);
  assert.match(asked[0], /q=ann&/);
});

test("the chosen name replaces what was typed of it, and the text goes on behind", async () => {
  await type("Hello @an", ", how are you?");
  assert.deepEqual([offered(), chosen()], [["ann", "anna"], "ann"]);
  press("ArrowDown");
  assert.ok(press("Enter").defaultPrevented);
  assert.equal(body.value, "Hello @anna , how are you?");
  assert.equal(body.selectionStart, "Hello @anna ".length);
  assert.deepEqual(offered(), []);
});

test("arrows go round the list, both ways", async () => {
  await type("@an");
  press("ArrowUp");
  assert.equal(chosen(), "anna");
  press("ArrowDown");
  assert.equal(chosen(), "ann");
  assert.equal(body.getAttribute("aria-activedescendant"), "mention-0");
});

test("without a list keys are the text's own", async () => {
  assert.ok(!press("Enter").defaultPrevented);
  await type("@an");
  press("Escape");
  assert.deepEqual(offered(), []);
  assert.ok(!press("Tab").defaultPrevented);
  assert.equal(body.value, "@an");
});

test("an answer that comes late, or to what is no longer written, offers nobody", async () => {
  const answers = [];
  globalThis.fetch = () => new Promise((answer) => answers.push(answer));
  await type("@an");
  await type("@bo");
  answers[1](new Response(JSON.stringify({ names: ["bob"] })));
  for (let each = 0; each < 3; each += 1) await turn();
  answers[0](new Response(JSON.stringify({ names: ["ann"] })));
  for (let each = 0; each < 3; each += 1) await turn();
  assert.deepEqual(offered(), ["bob"]);
});

test("whatever else answers names nobody", async () => {
  for (const answer of ["<html>", "null", "[]", '{"names": []}']) {
    globalThis.fetch = async () => new Response(answer);
    await type("@an");
    assert.deepEqual(offered(), [], answer);
  }
  globalThis.fetch = async () => {
    throw new TypeError("no network");
  };
  await type("@an");
  assert.deepEqual(offered(), []);
});
