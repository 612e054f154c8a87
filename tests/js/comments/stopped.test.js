import assert from "node:assert/strict";
import { test } from "node:test";
import { setImmediate as turn } from "node:timers/promises";
import { show } from "../dom.js";

const { check, watchStops } = await import("../../../static/js/comments/stopped.js");

const PATH = "/articles/the-bridge";

/** A discussion with somebody's form. */
function open({
  state = "",
  restraint = "",
  body = "",
  revision = "",
  isMine = true,
  within = (form) => form,
} = {}) {
  const form =
    `<form data-composer action="${PATH}/comments"><textarea name="body">${body}</textarea>` +
    `${revision && `<input name="revision" value="${revision}">`}</form>`;
  show(
    `${isMine ? '<script type="application/json" id="mine">{}</script>' : ""}<section id="comments">` +
      `<div id="thread-state">${state}</div><div id="restraint">${restraint}</div>${within(form)}</section>`,
    `https://reader.test${PATH}`,
  );
  return document.querySelector("form");
}

const CLOSED = '<p class="thread-note">This discussion\n  is closed.</p>';

function close(form, words = CLOSED) {
  const state = document.getElementById("thread-state");
  state.innerHTML = words;
  state.toggleAttribute("data-closed", Boolean(words));
  check(form);
}

const says = (form) => form.querySelector(".composer-stopped p")?.textContent ?? null;

test("what somebody is writing when the discussion is closed stays, with the reason", () => {
  const form = open();
  form.elements.body.value = "My thoughts";
  close(form);
  assert.match(says(form), /^This discussion is closed\. What you have written stays here/);
  assert.ok(form.elements.body.readOnly);
  assert.ok("stopped" in form.dataset);
  assert.equal(form.elements.body.value, "My thoughts");
});

test("it goes on where the discussion is opened again", () => {
  const form = open();
  form.elements.body.value = "My thoughts";
  close(form);
  close(form, "");
  assert.equal(says(form), null);
  assert.ok(!form.elements.body.readOnly);
  assert.ok(!("stopped" in form.dataset));
});

test("a note about an open discussion stops nobody", () => {
  const form = open({ state: '<p class="thread-note">One comment a minute.</p>' });
  form.elements.body.value = "My thoughts";
  check(form);
  assert.equal(says(form), null);
});

test("who has written nothing is told nothing", () => {
  const form = open({ body: "From the server" });
  close(form);
  assert.equal(says(form), null);
  assert.ok(!form.elements.body.readOnly);
});

test("a measure against the person comes before what is said of the discussion", () => {
  const form = open({ restraint: '<p class="thread-note">You are suspended.</p>' });
  form.elements.body.value = "My thoughts";
  close(form);
  assert.match(says(form), /^You are suspended\./);
});

test("who is logged out can still write, and is told that nothing is lost", () => {
  const form = open({ isMine: false });
  form.elements.body.value = "My thoughts";
  check(form);
  assert.match(says(form), /^You are not logged in any more/);
  assert.ok(!form.elements.body.readOnly);
});

test("what stands there already can be changed in a closed discussion", () => {
  const form = open({ body: "As it was", revision: "2" });
  form.elements.body.value = "Better";
  close(form);
  assert.equal(says(form), null);
});

test("an answer to a comment that was deleted is stopped", () => {
  const card = '<div class="comment-card tombstone"></div>';
  const form = open({ within: (reply) => `<div class="comment">${card}${reply}</div>` });
  form.elements.body.value = "My answer";
  check(form);
  assert.match(says(form), /^The comment you answer is not there/);
});

test("a form that is on its way is left alone", () => {
  const form = open();
  form.elements.body.value = "My thoughts";
  form.setAttribute("aria-busy", "true");
  close(form);
  assert.equal(says(form), null);
});

test("who may not write at all finds what they had begun", () => {
  localStorage.setItem(`draft:undefined:${PATH}/comments:`, JSON.stringify({ text: "At the top", at: 1 }));
  localStorage.setItem(`draft:undefined:${PATH}/comments:7`, JSON.stringify({ text: "An answer", at: 2 }));
  localStorage.setItem(
    "draft:undefined:/articles/other/comments:",
    JSON.stringify({ text: "Elsewhere", at: 3 }),
  );
  open({ restraint: "<p>You are suspended.</p>", within: () => "" });
  watchStops();
  const boxes = [...document.querySelectorAll("textarea")];
  assert.deepEqual(boxes.map((box) => box.value).sort(), ["An answer", "At the top"]);
  assert.ok(boxes.every((box) => box.readOnly));
});

test("forms are looked at again whenever something of the discussion changes", async () => {
  const form = open();
  watchStops();
  form.elements.body.value = "My thoughts";
  const state = document.getElementById("thread-state");
  state.innerHTML = CLOSED;
  state.setAttribute("data-closed", "");
  await turn();
  assert.match(says(form), /^This discussion is closed/);
});
