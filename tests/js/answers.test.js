import assert from "node:assert/strict";
import { test } from "node:test";
import { isOurs } from "../../static/js/answers.js";

const COMMENT = { id: 7, seq: 12, url: "/comments/7", told: "Your comment is posted." };

/** Whether this answer counts as done. */
const done = (path, content, fields = {}) => isOurs(path, new URLSearchParams(fields), content);

test("each form's own answer counts as done", () => {
  for (const [path, content, fields] of [
    ["/articles/the-bridge/comments", COMMENT],
    ["/comments/7/edit", COMMENT],
    ["/comments/7/report", COMMENT],
    ["/comments/7/recommend", { ...COMMENT, recommendations: 0, recommended: false }, { recommended: "no" }],
    ["/people/ann%20b/mute", { muted: 4, told: "Muted." }],
    ["/people/ann/unmute", { unmuted: 4, told: "Unmuted." }],
    ["/articles/the-bridge/visit", { up_to: 0 }],
    ["/fact-checks/length/follow", { following: true, told: "You follow it." }, { follow: "on" }],
    ["/account/notifications/read", { unread: 0 }],
    ["/moderation/comments/7/remove", { ...COMMENT, decision: 3 }],
    ["/moderation/decisions/3/undo", { decision: 4, told: "Undone." }],
    ["/moderation/appeals/9", { decision: 4, told: "Answered." }],
    ["/moderation/measures/2/comments", { done: 5, left: 0 }],
  ])
    assert.ok(done(path, content, fields), path);
});

test("what something else answers doesn't count, whatever it is", () => {
  for (const content of [null, "ok", 7, true, [], {}, { ok: true }, { id: 7 }])
    assert.ok(!done("/articles/the-bridge/comments", content), JSON.stringify(content));
});

test("each field must be there, and of its kind", () => {
  for (const name of Object.keys(COMMENT)) {
    assert.ok(!done("/comments/7/edit", { ...COMMENT, [name]: undefined }), name);
    assert.ok(!done("/comments/7/edit", { ...COMMENT, [name]: null }), name);
  }
  assert.ok(!done("/comments/7/edit", { ...COMMENT, id: "7" }));
  assert.ok(!done("/comments/7/edit", { ...COMMENT, seq: 1.5 }));
});

test("an answer about another comment doesn't count", () => {
  assert.ok(!done("/comments/8/delete", COMMENT));
  assert.ok(!done("/comments/77/delete", COMMENT));
  assert.ok(!done("/moderation/comments/8/approve", { ...COMMENT, decision: 3 }));
});

test("the opposite of what was asked for doesn't count", () => {
  const answer = { ...COMMENT, recommendations: 1, recommended: true };
  assert.ok(done("/comments/7/recommend", answer, { recommended: "yes" }));
  assert.ok(!done("/comments/7/recommend", answer, { recommended: "no" }));
  assert.ok(!done("/fact-checks/length/follow", { following: true, told: "" }, { follow: "off" }));
});

test("a preview is done by its html, at any address, and nothing else is", () => {
  assert.ok(done("/articles/x/comments", { html: "" }, { preview: "yes" }));
  assert.ok(!done("/articles/x/comments", COMMENT, { preview: "yes" }));
  assert.ok(!done("/articles/x/comments", { html: "<p>" }));
});

test("an address that scripts don't send to has no answer", () => {
  for (const path of [
    "/login",
    "/comments/7",
    "/comments/7/edit/",
    "/x/comments/7/edit",
    "/moderation/appeals/9/x",
  ])
    assert.ok(!done(path, { ...COMMENT, decision: 1 }), path);
});
