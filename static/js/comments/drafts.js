// Drafts: what is being written survives a reload, a log-out and a lost connection. Each person has their own.
//
// Tabs share a draft as long as that loses nothing: a tab shows what is written in another one only where it goes on
// from its own text, or nobody has written in it. Otherwise the tab keeps its text as a draft of its own.
import { freshId } from "../send.js";
import { mine } from "./mine.js";

const tabs = new BroadcastChannel("drafts");
const known = new WeakMap(); // what a form's draft was when the form last wrote or showed it
const typed = new WeakSet(); // forms that somebody has written in, in this tab

/**
 * Drafts are a convenience: where the browser keeps nothing for this site, there are none.
 * @param {() => unknown} what
 */
function ifKept(what) {
  try {
    return what();
  } catch {
    return null;
  }
}

/** Whose text it is, where it is sent to, and what it answers. @param {HTMLFormElement} form */
function placeOf(form) {
  return `${prefix(new URL(form.action).pathname)}${form.elements.parent_id?.value ?? "edit"}`;
}

/** @param {string} path where forms are sent to */
function prefix(path) {
  const person = mine().name ?? document.querySelector(".site-person")?.textContent.trim();
  return `draft:${person}:${path}:`;
}

/** Where this tab keeps what is written there. @param {HTMLFormElement} form */
function keyOf(form) {
  const place = placeOf(form);
  return ifKept(() => sessionStorage.getItem(place)) ?? place;
}

/** @param {string} key @returns {{text: string, submission?: string, revision?: string, at: number} | null} */
function read(key) {
  const stored = ifKept(() => localStorage.getItem(key));
  if (!stored) return null;
  const draft = ifKept(() => JSON.parse(stored));
  return typeof draft?.text === "string" ? draft : { text: stored, at: 0 }; // as drafts were kept before
}

/** What somebody writes here goes on as a draft of its own. @param {HTMLFormElement} form */
function part(form) {
  const place = placeOf(form);
  const { submission_id: submission } = form.elements;
  if (submission) submission.value = freshId();
  ifKept(() => sessionStorage.setItem(place, `${place}#${freshId()}`));
}

/** @param {HTMLFormElement} form */
function write(form) {
  const { body, submission_id: submission, revision, replaces } = form.elements;
  const draft = {
    text: body.value,
    submission: submission?.value,
    // The text that it would replace is shown on this page only: after a reload it is asked for anew.
    revision: replaces?.value ? "" : revision?.value,
    at: Date.now(),
  };
  const key = keyOf(form);
  ifKept(() => localStorage.setItem(key, JSON.stringify(draft)));
  ifKept(() => sessionStorage.setItem(placeOf(form), key));
  known.set(form, body.value);
  return draft;
}

/** @param {HTMLFormElement} form */
export function keepDraft(form) {
  typed.add(form);
  const stored = read(keyOf(form));
  if (stored && stored.text !== known.get(form)) part(form);
  const { body } = form.elements;
  const isEmpty = !body.value.trim() || body.value === body.defaultValue;
  if (isEmpty) drop(form);
  const draft = isEmpty ? { text: body.value } : write(form);
  tabs.postMessage({ key: keyOf(form), draft });
}

/** @param {HTMLFormElement} form */
function drop(form) {
  ifKept(() => localStorage.removeItem(keyOf(form)));
  known.delete(form);
}

/**
 * What stood in the form was taken: its draft goes, unless somebody writes on in another tab.
 * @param {HTMLFormElement} form
 * @param {string} text
 */
export function forgetDraft(form, text) {
  const key = keyOf(form);
  const stored = read(key);
  if (!stored || stored.text === text) drop(form);
  ifKept(() => sessionStorage.removeItem(placeOf(form)));
  typed.delete(form);
  tabs.postMessage({ key, sent: { text, submission: form.elements.submission_id?.value } });
}

/** @param {string} start @returns {string[]} the keys of all drafts that begin so */
function keysFrom(start) {
  return (ifKept(() => Object.keys(localStorage)) ?? []).filter((key) => key.startsWith(start));
}

/** All that is being written to be sent to an address, in any tab. @param {string} path @returns {string[]} */
export function textsFor(path) {
  return keysFrom(prefix(path)).map((key) => read(key).text);
}

/** The draft that a form is to show: this tab's own, or else one of another tab. @param {HTMLFormElement} form */
function draftFor(form) {
  const place = placeOf(form);
  const own = read(keyOf(form));
  if (own) return own;
  const others = keysFrom(`${place}#`).map((key) => [key, read(key)]);
  const [key, latest] = others.sort(([, one], [, two]) => two.at - one.at)[0] ?? [];
  if (latest) ifKept(() => sessionStorage.setItem(place, key));
  return latest ?? null;
}

/** @param {HTMLFormElement} form */
function show(form, draft) {
  const { body, submission_id: submission, revision } = form.elements;
  body.value = draft.text;
  if (submission) submission.value = draft.submission ?? submission.value;
  // What it was written over: an edit in another tab since then is not replaced unseen.
  if (revision) revision.value = draft.revision ?? revision.value;
  known.set(form, draft.text);
}

/**
 * Bring back what was being written in a form before.
 * @param {HTMLFormElement} form
 */
export function showDraft(form) {
  const { body } = form.elements;
  const isOurs = Boolean(ifKept(() => sessionStorage.getItem(placeOf(form))));
  const draft = draftFor(form);
  if (!draft || body.value !== body.defaultValue || body.hasAttribute("aria-invalid")) return;
  show(form, draft);
  if (isOurs) typed.add(form);
}

/** Another tab has changed the draft that this form shows. @param {HTMLFormElement} form */
function follow(form, draft) {
  const { body, submission_id: submission } = form.elements;
  if (body.readOnly) return;
  if (submission && (!typed.has(form) || draft.text.startsWith(body.value))) {
    show(form, draft);
    form.dispatchEvent(new CustomEvent("reader:draft", { bubbles: true }));
  } else if (body.value !== body.defaultValue) {
    part(form);
    write(form);
  }
}

/** Another tab has sent it. @param {HTMLFormElement} form */
function settle(form, { text, submission }) {
  const { body, submission_id: field } = form.elements;
  if (!field || body.readOnly) return;
  if (field.value === submission) field.value = freshId();
  if (body.value !== text) return;
  body.value = "";
  known.delete(form);
  typed.delete(form);
  form.dispatchEvent(new CustomEvent("reader:draft", { bubbles: true }));
}

/** Follow what other tabs do with the drafts that are shown here. */
export function watchDrafts() {
  tabs.addEventListener("message", ({ data: { key, draft, sent } }) => {
    for (const form of document.querySelectorAll("[data-composer]")) {
      if (keyOf(form) !== key) continue;
      if (sent) settle(form, sent);
      else follow(form, draft);
    }
  });
}
