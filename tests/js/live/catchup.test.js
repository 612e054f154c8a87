import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { DONE, FETCH, RESET } from "../../../static/js/live/apply.js";
import { Follower } from "../../../static/js/live/catchup.js";

const STREAM = "article:1";

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout"] });
  mock.method(Math, "random", () => 0.5); // pauses as they are, neither shorter nor longer
});
afterEach(() => {
  mock.timers.reset();
  mock.restoreAll();
});

/** A page that notes what it is given, and a server whose answers the test gives. */
function follower({ seen = 10, outcome = () => DONE } = {}) {
  const applied = [];
  const asked = [];
  const told = [];
  let fresh = 0;
  const made = new Follower({
    stream: STREAM,
    seen,
    page: {
      apply(events, options) {
        applied.push({ events, ...options });
        return outcome(events);
      },
    },
    fetchEvents: (_stream, after) => new Promise((answer, fail) => asked.push({ after, answer, fail })),
    refetch: async () => fresh,
    tell: (ok) => told.push(ok),
  });
  const shown = () => applied.flatMap(({ events }) => events);
  return { made, applied, asked, told, shown, freshIs: (number) => (fresh = number) };
}

const batch = (from, to, stream = STREAM) => ({ stream, from, to, events: [`${from}-${to}`] });

test("a batch that goes on from here is applied", () => {
  const { made, applied, asked } = follower();
  made.receive(batch(10, 12));
  assert.equal(made.seen, 12);
  assert.deepEqual(applied, [{ events: ["10-12"], after: 10 }]);
  assert.equal(asked.length, 0);
});

test("a batch that was seen, or is another stream's, is dropped", () => {
  const { made, applied } = follower();
  for (const each of [batch(8, 10), batch(3, 4), batch(10, 11, "article:11")]) made.receive(each);
  assert.equal(made.seen, 10);
  assert.deepEqual(applied, []);
});

test("a batch that begins before here and ends after is applied whole", () => {
  const { made, shown } = follower();
  made.receive(batch(8, 12));
  assert.equal(made.seen, 12);
  assert.deepEqual(shown(), ["8-12"]);
});

test("a gap is fetched, and what came meanwhile is looked at afterwards", async () => {
  const { made, asked, shown } = follower();
  made.receive(batch(12, 13));
  assert.deepEqual([made.seen, asked.length, asked[0].after], [10, 1, 10]);
  for (const each of [batch(13, 14), batch(14, 15)]) made.receive(each);
  asked[0].answer({ reset: false, head: 14, events: ["10-14"] });
  await made.busy;
  assert.deepEqual(shown(), ["10-14", "14-15"]);
  assert.equal(made.seen, 15);
  assert.equal(asked.length, 1);
});

test("of too many batches that wait the first are fetched instead", async () => {
  const { made, asked, shown } = follower();
  made.receive(batch(11, 12));
  for (let from = 12; from < 120; from += 1) made.receive(batch(from, from + 1));
  asked[0].answer({ reset: false, head: 12, events: ["10-12"] });
  await turn();
  assert.equal(asked[1]?.after, 12);
  asked[1].answer({ reset: false, head: 120, events: ["12-120"] });
  await turn();
  assert.deepEqual([made.seen, shown()], [120, ["10-12", "12-120"]]);
});

test("a batch without its html is fetched", async () => {
  const { made, asked } = follower({ outcome: ([event]) => (event === "10-11" ? FETCH : DONE) });
  made.receive(batch(10, 11));
  assert.deepEqual([made.seen, asked[0].after], [10, 10]);
  asked[0].answer({ reset: false, head: 11, events: ["with html"] });
  await made.busy;
  assert.equal(made.seen, 11);
});

test("what only a fresh page can show brings one, with its number", async () => {
  for (const [answer, outcome] of [
    [{ reset: true, head: 14 }, () => DONE],
    [{ reset: false, head: 14, events: [] }, () => RESET],
    [{ reset: false, head: 14, events: [] }, () => FETCH],
  ]) {
    const { made, asked, freshIs } = follower({ outcome });
    freshIs(16);
    made.catchUp();
    asked[0].answer(answer);
    await made.busy;
    assert.equal(made.seen, 16);
  }
});

test("a fresh page that was kept on the way is asked for again, later each time", async () => {
  const { made, asked, freshIs } = follower();
  made.catchUp();
  for (const pause of [500, 1000, 2000]) {
    freshIs(11);
    asked.at(-1).answer({ reset: true, head: 14 });
    await turn();
    const before = asked.length;
    mock.timers.tick(pause - 1);
    assert.equal(asked.length, before);
    mock.timers.tick(1);
    assert.equal(asked.length, before + 1);
  }
  freshIs(14);
  asked.at(-1).answer({ reset: true, head: 14 });
  await turn();
  assert.deepEqual([made.seen, made.failures], [14, 0]);
});

test("an answer that is behind takes nothing back", async () => {
  const { made, asked } = follower({ seen: 20 });
  made.catchUp();
  asked[0].answer({ reset: false, head: 15, events: [] });
  await made.busy;
  assert.equal(made.seen, 20);
});

test("a server that can't be reached is asked ever more rarely, but still within half a minute", async () => {
  const { made, asked, told } = follower();
  made.catchUp();
  for (const pause of [500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]) {
    asked.at(-1).fail(new Error("no network"));
    await turn();
    const before = asked.length;
    mock.timers.tick(pause);
    assert.equal(asked.length, before + 1, `after ${pause}`);
  }
  asked.at(-1).answer({ reset: false, head: 10, events: [] });
  await turn();
  assert.deepEqual(told, [...Array(8).fill(false), true]);
  assert.equal(made.failures, 0);
});

test("a stream that is not there is given up", async () => {
  const { made, asked } = follower();
  made.catchUp();
  asked[0].fail(Object.assign(new Error("404"), { status: 404 }));
  await turn();
  mock.timers.tick(60_000);
  assert.ok(made.gone);
  assert.equal(asked.length, 1);
  made.receive(batch(10, 11));
  assert.equal(made.seen, 10);
});

test("the server's number brings a fetch where it is another, unless one is under way", () => {
  const { made, asked } = follower();
  made.compare(10);
  assert.equal(asked.length, 0);
  made.compare(12);
  made.compare(13);
  assert.equal(asked.length, 1);
});

test("all who ask during a fetch share the next one", async () => {
  const { made, asked } = follower();
  const first = made.catchUp();
  const [second, third] = [made.catchUp(), made.catchUp()];
  assert.equal(second, third);
  asked[0].answer({ reset: false, head: 11, events: ["one"] });
  await first;
  await turn();
  assert.equal(asked.length, 2);
  assert.equal(asked[1].after, 11);
  asked[1].answer({ reset: false, head: 12, events: ["two"] });
  await second;
  assert.equal(made.seen, 12);
});

test("what is owed is fetched from its number on and shown at once", async () => {
  const { made, asked, applied } = follower({ seen: 20 });
  made.catchUp({ after: 12 });
  assert.equal(asked[0].after, 12);
  asked[0].answer({ reset: false, head: 20, events: ["owed"] });
  await made.busy;
  assert.deepEqual(applied, [{ events: ["owed"], after: 12, reveal: true }]);
});

test("what is owed during a fetch is fetched by the next, from the first of it on", async () => {
  const { made, asked } = follower({ seen: 20 });
  made.catchUp();
  made.catchUp({ after: 15 });
  made.catchUp({ after: 12 });
  made.catchUp({ after: 18 });
  asked[0].answer({ reset: false, head: 21, events: [] });
  await turn();
  assert.equal(asked[1].after, 12);
});

test("what is owed is still owed after a failure", async () => {
  const { made, asked } = follower({ seen: 20 });
  made.catchUp({ after: 12 });
  asked[0].fail(new Error("no network"));
  await turn();
  mock.timers.tick(500);
  assert.equal(asked[1].after, 12);
});

test("a refresh waits for the fetch under way, and takes the page's number whatever it is", async () => {
  const { made, asked, freshIs } = follower();
  made.catchUp();
  const refreshed = made.refresh();
  asked[0].answer({ reset: false, head: 12, events: [] });
  freshIs(11);
  await refreshed;
  assert.equal(made.seen, 11);
});

/** A small generator, so that a history that fails can be had again. */
function randomFrom(seed) {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) % 2_147_483_648;
    return Math.floor((state / 2_147_483_648) * below);
  };
}

test("however pushes are lost, doubled and late, each event is shown and none out of order", async () => {
  for (let seed = 1; seed <= 300; seed += 1) {
    const random = randomFrom(seed);
    const shown = [];
    let head = 0;
    const made = new Follower({
      stream: STREAM,
      seen: 0,
      page: {
        apply(events) {
          for (const event of events) {
            assert.ok(event <= (shown.at(-1) ?? 0) + 1, `seed ${seed}: ${event} comes after ${shown.at(-1)}`);
            if (event > (shown.at(-1) ?? 0)) shown.push(event);
          }
          return random(10) ? DONE : FETCH;
        },
      },
      fetchEvents: async (_stream, after) => {
        const upTo = head;
        for (let each = random(3); each > 0; each -= 1) await null;
        if (random(8) === 0) throw new Error("no network");
        return { reset: random(10) === 0, head: upTo, events: range(after, upTo) };
      },
      refetch: async () => {
        for (let each = shown.at(-1) ?? 0; each < head; each += 1) shown.push(each + 1);
        return head;
      },
    });
    const range = (after, upTo) => Array.from({ length: upTo - after }, (_, index) => after + 1 + index);
    const late = [];
    for (let step = 0; step < 40; step += 1) {
      const from = head;
      head += 1 + random(3);
      const push = { stream: STREAM, from, to: head, events: range(from, head) };
      late.push(...Array(random(3)).fill(push));
      while (late.length && random(3)) made.receive(late.splice(random(late.length), 1)[0]);
      if (random(4) === 0) await turn();
    }
    while (made.seen < head) {
      made.compare(head);
      await turn();
      mock.timers.tick(60_000);
    }
    assert.equal(made.seen, head);
    assert.deepEqual(shown, range(0, head), `seed ${seed}`);
  }
});
