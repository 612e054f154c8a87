import assert from "node:assert/strict";
import { test } from "node:test";
import { freshId, post, token } from "../../static/js/send.js";
import { show } from "./dom.js";

const ADDRESS = "https://reader.test/articles/the-bridge/comments";
const DONE = { id: 7, seq: 12, url: "/comments/7", told: "Posted." };

/** What posting comes to when this is answered. */
async function sent(answer, type = "application/json", status = 200) {
  globalThis.fetch = async () => {
    if (answer instanceof Error) throw answer;
    return new Response(typeof answer === "string" ? answer : JSON.stringify(answer), {
      status,
      headers: { "Content-Type": type },
    });
  };
  return post(ADDRESS, { body: "Hello." });
}

const problem = (status, more = {}) => [
  { status, detail: "It is too long.", ...more },
  "application/problem+json",
  status,
];

test("what this site says is done is done", async () => {
  const answer = await sent(DONE);
  assert.deepEqual(answer, { ok: true, status: 200, content: DONE, reason: "" });
  assert.ok((await sent(DONE, "application/json; charset=utf-8", 201)).ok);
});

test("fields are sent as a form's, and the answer is asked for as JSON", async () => {
  let request;
  globalThis.fetch = async (address, options) => {
    request = { address, ...options };
    return new Response(JSON.stringify(DONE), { headers: { "Content-Type": "application/json" } });
  };
  await post(ADDRESS, { body: "a & b", csrf_token: "x" }, { keepalive: true });
  assert.equal(String(request.body), "body=a+%26+b&csrf_token=x");
  assert.equal(request.headers.Accept, "application/json");
  assert.equal(request.redirect, "manual");
  assert.ok(request.keepalive);
});

test("without a connection nothing was sent", async () => {
  const answer = await sent(new TypeError("no network"));
  assert.equal(answer.ok, false);
  assert.equal(answer.status, 0);
  assert.match(answer.reason, /^This could not be sent/);
});

test("a network's log-in page is not this site", async () => {
  for (const [content, type, status] of [
    ["<html>Welcome</html>", "text/html", 200],
    [{ ok: true }, "application/json", 200],
    [{ ...DONE, id: "7" }, "application/json", 200],
    [{ error: "no" }, "application/json", 403],
    [{ detail: "no", status: 400 }, "application/json", 403],
    ["{}", "application/jsonp", 200],
  ]) {
    const answer = await sent(content, type, status);
    assert.equal(answer.ok, false, JSON.stringify(content));
    assert.match(answer.reason, /^Something else answered/, JSON.stringify(content));
  }
});

test("a proxy's error is the site's, and an answer that ends too soon is a broken connection", async () => {
  assert.match((await sent("<h1>502</h1>", "text/html", 502)).reason, /^Something went wrong on the site/);
  assert.match((await sent('{"id": 7, "se')).reason, /^The connection broke off/);
});

test("a refusal says the server's reason and carries what it gives", async () => {
  const answer = await sent(...problem(409, { resend: { revision: "2" } }));
  assert.equal(answer.reason, "It is too long.");
  assert.equal(answer.status, 409);
  assert.deepEqual(answer.content.resend, { revision: "2" });
});

test("who is logged out, or has another token, is told what to do", async () => {
  assert.match((await sent(...problem(401))).reason, /^You are not logged in any more/);
  assert.match((await sent(...problem(400))).reason, /Reload it/);
});

test("ids of submissions are UUIDs of random digits, and never the same", () => {
  const ids = new Set(Array.from({ length: 1000 }, freshId));
  assert.equal(ids.size, 1000);
  for (const id of ids) assert.match(id, /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-8[\da-f]{3}-[\da-f]{12}$/);
});

test("the token is that of any form of the page, and a visitor has none", () => {
  show('<form><input name="q"></form><form><input name="csrf_token" value="abc"></form>');
  assert.equal(token(), "abc");
  show("");
  assert.equal(token(), undefined);
});
