import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { show } from "../dom.js";

show("");
const { forgetDraft, keepDraft, showDraft, textsFor, watchDrafts } = await import(
  "../../../static/js/comments/drafts.js"
);

const PATH = "/articles/the-bridge/comments";
const PLACE = `draft:ann:${PATH}:`;
const other = new BroadcastChannel("drafts"); // the person's other tab
const heard = [];
other.addEventListener("message", ({ data }) => heard.push(data));
watchDrafts();

beforeEach(() => {
  for (const store of [localStorage, sessionStorage])
    for (const key of Object.keys(store)) store.removeItem(key);
  heard.length = 0;
});

/** A page with a form for comments, opened by Ann. @param {string} [body] what the server wrote into it */
function open(body = "") {
  show(
    `<span class="site-person">ann</span><form data-composer action="${PATH}"><textarea name="body">${body}</textarea>` +
      '<input name="parent_id" value=""><input name="submission_id" value="first"></form>',
  );
  const form = document.querySelector("form");
  showDraft(form);
  return form;
}

function type(form, text) {
  form.elements.body.value = text;
  keepDraft(form);
}

const kept = (key = PLACE) => JSON.parse(localStorage.getItem(key));

test("what is being written is there after a reload, with its submission's id", () => {
  type(open(), "My thoughts");
  const again = open();
  assert.equal(again.elements.body.value, "My thoughts");
  assert.equal(again.elements.submission_id.value, "first");
  assert.deepEqual(textsFor(PATH), ["My thoughts"]);
});

test("nothing written is nothing kept", () => {
  const form = open();
  type(form, "Some");
  type(form, " \n ");
  assert.deepEqual(Object.keys(localStorage), []);
  assert.equal(open().elements.body.value, "");
});

test("what the server wrote into a form is no draft, and a draft doesn't replace what it refused", () => {
  const form = open("Said before.");
  type(form, "Said before.");
  assert.deepEqual(Object.keys(localStorage), []);
  localStorage.setItem(PLACE, JSON.stringify({ text: "Draft", at: 1 }));
  show(
    `<span class="site-person">ann</span><form data-composer action="${PATH}"><textarea name="body" aria-invalid="true"></textarea><input name="parent_id" value=""></form>`,
  );
  showDraft(document.querySelector("form"));
  assert.equal(document.querySelector("textarea").value, "");
});

test("an answer to another comment, and another person, has a draft of its own", () => {
  type(open(), "At the top");
  const form = open();
  form.elements.body.value = "";
  form.elements.parent_id.value = "7";
  showDraft(form);
  assert.equal(form.elements.body.value, "");
  document.querySelector(".site-person").textContent = "bob";
  form.elements.parent_id.value = "";
  showDraft(form);
  assert.equal(form.elements.body.value, "");
});

test("what was sent is forgotten, but not what somebody wrote on in another tab", () => {
  const form = open();
  type(form, "Sent");
  forgetDraft(form, "Sent");
  assert.equal(kept(), null);
  type(form, "Sent");
  localStorage.setItem(PLACE, JSON.stringify({ text: "Sent, and more", at: 2 }));
  forgetDraft(form, "Sent");
  assert.equal(kept().text, "Sent, and more");
});

test("a tab that nobody has written in shows what is written in another one", () => {
  const form = open();
  other.postMessage({ key: PLACE, draft: { text: "From there", submission: "theirs" } });
  assert.equal(form.elements.body.value, "From there");
  assert.equal(form.elements.submission_id.value, "theirs");
});

test("a tab follows another one that goes on from its text", () => {
  const form = open();
  type(form, "We both");
  other.postMessage({ key: PLACE, draft: { text: "We both write", submission: "first" } });
  assert.equal(form.elements.body.value, "We both write");
});

test("two tabs that write different things keep both", () => {
  const form = open();
  type(form, "Mine");
  localStorage.setItem(PLACE, JSON.stringify({ text: "Theirs", submission: "first", at: 5 }));
  other.postMessage({ key: PLACE, draft: { text: "Theirs", submission: "first" } });
  assert.equal(form.elements.body.value, "Mine");
  assert.notEqual(form.elements.submission_id.value, "first");
  assert.equal(kept().text, "Theirs");
  assert.deepEqual(textsFor(PATH).sort(), ["Mine", "Theirs"]);
  assert.equal(open().elements.body.value, "Mine"); // this tab goes on with its own
});

test("a draft that another tab changed unheard is not written over", () => {
  const form = open();
  type(form, "Mine");
  localStorage.setItem(PLACE, JSON.stringify({ text: "Theirs", at: 5 }));
  type(form, "Mine, too");
  assert.equal(kept().text, "Theirs");
  assert.deepEqual(textsFor(PATH).sort(), ["Mine, too", "Theirs"]);
});

test("a new tab shows the latest of the drafts that other tabs parted", () => {
  const draft = (text, at) => JSON.stringify({ text, at });
  localStorage.setItem(`${PLACE}#1`, draft("Older", 1));
  localStorage.setItem(`${PLACE}#2`, draft("Latest", 3));
  localStorage.setItem(`${PLACE}#3`, draft("Old", 2));
  assert.equal(open().elements.body.value, "Latest");
});

test("what another tab has sent goes from here, and what was added here stays to be sent", () => {
  const form = open();
  type(form, "Sent there");
  other.postMessage({ key: PLACE, sent: { text: "Sent there", submission: "first" } });
  assert.equal(form.elements.body.value, "");
  assert.notEqual(form.elements.submission_id.value, "first");
  const mine = open();
  type(mine, "Sent there, and more");
  other.postMessage({
    key: PLACE,
    sent: { text: "Sent there", submission: mine.elements.submission_id.value },
  });
  assert.equal(mine.elements.body.value, "Sent there, and more");
});

test("a form that is on its way is left alone", () => {
  const form = open();
  form.elements.body.readOnly = true;
  other.postMessage({ key: PLACE, draft: { text: "From there", submission: "theirs" } });
  other.postMessage({ key: PLACE, sent: { text: "", submission: "first" } });
  assert.equal(form.elements.body.value, "");
  assert.equal(form.elements.submission_id.value, "first");
});

test("other tabs hear of each change", () => {
  const form = open();
  type(form, "Hello");
  type(form, "");
  assert.deepEqual(
    heard.map(({ key, draft }) => [key, draft.text]),
    [
      [PLACE, "Hello"],
      [PLACE, ""],
    ],
  );
});

test("drafts as they were kept before, and what is none, are read all the same", () => {
  localStorage.setItem(PLACE, "Plain text");
  assert.equal(open().elements.body.value, "Plain text");
  sessionStorage.removeItem(PLACE);
  localStorage.setItem(PLACE, '{"text": 7}');
  assert.equal(open().elements.body.value, '{"text": 7}');
});

test("a browser that keeps nothing has no drafts, and nothing breaks", () => {
  for (const store of [localStorage, sessionStorage])
    for (const name of ["getItem", "setItem", "removeItem"])
      Object.getPrototypeOf(store)[name] = () => {
        throw new Error("denied");
      };
  const form = open();
  type(form, "Hello");
  forgetDraft(form, "Hello");
  assert.equal(form.elements.body.value, "Hello");
});
