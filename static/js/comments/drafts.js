// Drafts: what is being written survives a reload, a log-out and a lost connection. Each person has their own.
import { mine } from "./mine.js";

/**
 * Drafts are a convenience: where the browser keeps nothing for this site, there are none.
 * @param {(storage: Storage) => unknown} what
 */
function inStorage(what) {
  try {
    return what(localStorage);
  } catch {
    return null;
  }
}

/** Whose text it is, where it is sent to, and what it answers or is written over. @param {HTMLFormElement} form */
export function draftKey(form) {
  const { parent_id: parent, revision } = form.elements;
  const place = parent ? parent.value : `revision-${revision.value}`;
  const person = mine().name ?? document.querySelector(".site-person")?.textContent.trim();
  return `draft:${person}:${new URL(form.action).pathname}:${place}`;
}

/** @param {HTMLFormElement} form */
export function keepDraft(form) {
  const { body } = form.elements;
  if (!body.value.trim() || body.value === body.defaultValue) forgetDraft(form);
  else inStorage((storage) => storage.setItem(draftKey(form), body.value));
}

/** @param {HTMLFormElement} form */
export function forgetDraft(form) {
  inStorage((storage) => storage.removeItem(draftKey(form)));
}

/** @param {HTMLFormElement} form @returns {string | null} */
export function draftOf(form) {
  return inStorage((storage) => storage.getItem(draftKey(form)));
}
