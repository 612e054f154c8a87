import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { cardsNow } from "../../../static/js/moderation/fetching.js";

let asked;

beforeEach(() => {
  asked = [];
  mock.timers.enable({ apis: ["setTimeout"] });
});
afterEach(() => mock.timers.reset());

/** A server that gives these answers, one after the other. */
function answers(...all) {
  globalThis.fetch = async (address) => {
    asked.push(address);
    const answer = all.shift();
    if (answer instanceof Error) throw answer;
    return new Response(JSON.stringify(answer), { status: answer.status ?? 200 });
  };
}

const at = (head) => ({ head, counts: {}, cards: [{ target: `case-${head}`, html: null }] });

/** What comes of asking; `value` is undefined while it is under way. */
function asking(seen, ids = ["7", "p3"]) {
  const result = {};
  cardsNow(ids, typeof seen === "function" ? seen : () => seen).then((value) => {
    result.value = value;
  });
  return result;
}

test("an answer that knows what the page knows is taken", async () => {
  answers(at(5));
  const result = asking(5);
  await turn();
  assert.deepEqual(result.value, at(5));
  assert.deepEqual(asked, ["/moderation/cards?id=7&id=p3"]);
});

test("an answer that a decision overtook is asked for again at once", async () => {
  answers(at(5), at(6));
  const result = asking(6);
  await turn();
  assert.deepEqual(result.value, at(6));
});

test("a replica that is behind is asked once a second from then on", async () => {
  answers(at(5), at(5), at(5), at(6));
  const result = asking(6);
  await turn();
  assert.equal(asked.length, 2);
  for (const number of [3, 4]) {
    mock.timers.tick(999);
    await turn();
    assert.equal(asked.length, number - 1);
    mock.timers.tick(1);
    await turn();
    assert.equal(asked.length, number);
  }
  assert.deepEqual(result.value, at(6));
});

test("what the page has come to know meanwhile counts", async () => {
  answers(at(5), at(6));
  const known = [6, 6];
  const result = asking(() => known.shift());
  await turn();
  assert.deepEqual(result.value, at(6));
  assert.equal(known.length, 0);
});

test("a site that doesn't answer, or something else that does, gives no cards", async () => {
  for (const answer of [new TypeError("no network"), { status: 403 }, { status: 502 }, { welcome: true }]) {
    answers(answer);
    const result = asking(5);
    await turn();
    assert.equal(result.value, null);
  }
});

test("a site that stops answering while it is asked again gives no cards", async () => {
  answers(at(4), new TypeError("no network"));
  const result = asking(5);
  await turn();
  assert.equal(result.value, null);
});
