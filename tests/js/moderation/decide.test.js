import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { decide, latest, undo } from "../../../static/js/moderation/decide.js";
import { show } from "../dom.js";

let sent;
let answer; // the server's to what is sent next

beforeEach(async () => {
  show(
    '<input name="csrf_token" value="x"><li id="case-7" class="case" data-comment="7" data-revision="2"><b class="comment-author">ann</b></li>',
  );
  sent = [];
  globalThis.fetch = async (address, { body }) => {
    sent.push([address, Object.fromEntries(body)]);
    const [status, content] = answer;
    return new Response(JSON.stringify(content), { status, headers: { "Content-Type": "application/json" } });
  };
  // Nothing is left of the test before.
  answer = [409, { status: 409, detail: "Too late." }];
  while (await undo());
  sent = [];
});

const COMMENT = { id: 7, seq: 1, url: "/comments/7", told: "Done." };
const refusal = (status = 409) => [status, { status, detail: "It was decided by another." }];

async function decided(action, decision) {
  answer = [200, { ...COMMENT, decision }];
  return decide(document.getElementById("case-7"), action);
}

test("a decision is about the revision that the card shows", async () => {
  assert.ok((await decided("approve", 3)).ok);
  assert.deepEqual(sent, [["/moderation/comments/7/approve", { csrf_token: "x", revision: "2" }]]);
  assert.deepEqual(await latest(), { decision: 3, comment: "7", action: "approve", name: "ann" });
});

test("decisions are undone from the last to the first, each once", async () => {
  await decided("approve", 3);
  await decided("restore", 4);
  for (const decision of [4, 3]) {
    answer = [200, { decision: 90 + decision, told: "Undone." }];
    assert.equal((await undo()).comment, "7");
    assert.equal(sent.at(-1)[0], `/moderation/decisions/${decision}/undo`);
  }
  assert.equal(await undo(), null);
});

test("a decision that was refused is none to be undone", async () => {
  await decided("approve", 3);
  answer = refusal();
  assert.equal(
    (await decide(document.getElementById("case-7"), "restore")).reason,
    "It was decided by another.",
  );
  assert.equal((await latest()).decision, 3);
});

test("what could not be undone for want of a connection can be tried again", async () => {
  await decided("approve", 3);
  const { fetch } = globalThis;
  globalThis.fetch = async () => {
    throw new TypeError("no network");
  };
  assert.equal((await undo()).ok, false);
  globalThis.fetch = fetch;
  assert.equal((await latest()).decision, 3);
});

test("what the site refuses to undo is not offered again", async () => {
  await decided("approve", 3);
  answer = refusal();
  assert.equal((await undo()).ok, false);
  assert.equal(await latest(), null);
});

test("a decision whose answer isn't here yet is waited for", async () => {
  let give;
  globalThis.fetch = () => new Promise((then) => (give = then));
  decide(document.getElementById("case-7"), "approve");
  const last = latest();
  give(
    new Response(JSON.stringify({ ...COMMENT, decision: 3 }), {
      headers: { "Content-Type": "application/json" },
    }),
  );
  assert.equal((await last).decision, 3);
});
