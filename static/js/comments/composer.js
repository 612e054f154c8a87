// Writing a comment without leaving the page: a draft that survives, a count near the limit, sending by keyboard.
// Every form here also works by itself: without this script it is posted, and the page comes back.
import { announce, freshId, send } from "./send.js";

const LONGEST = 5000;
const COUNT_FROM = 4500;

/** @param {HTMLFormElement} form */
function draftKey(form) {
  return `draft:${new URL(form.action).pathname}:${form.elements.parent_id.value}`;
}

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

/** @param {HTMLFormElement} form */
function keepDraft(form) {
  const text = form.elements.body.value;
  inStorage((storage) =>
    text.trim() ? storage.setItem(draftKey(form), text) : storage.removeItem(draftKey(form)),
  );
}

/** @param {HTMLFormElement} form */
function count(form) {
  const line = form.querySelector("[data-count]");
  const length = [...form.elements.body.value.trim()].length;
  const left = LONGEST - length;
  if (length < COUNT_FROM) line.textContent = "";
  else line.textContent = left < 0 ? `${-left} characters too many` : `${left} characters left`;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} reason what is wrong and what to do; empty when nothing is
 */
function explain(form, reason) {
  const line = form.querySelector(".field-error");
  line.querySelector("span").textContent = reason;
  line.hidden = !reason;
  const { body } = form.elements;
  if (reason) body.setAttribute("aria-invalid", "true");
  else body.removeAttribute("aria-invalid");
  const described = new Set(body.getAttribute("aria-describedby").split(" "));
  described[reason ? "add" : "delete"](line.id);
  body.setAttribute("aria-describedby", [...described].join(" "));
}

/** @param {HTMLFormElement} form */
async function post(form) {
  const button = form.querySelector("[type=submit]");
  if (button.disabled) return;
  button.disabled = true;
  explain(form, "");
  const answer = await send(form);
  button.disabled = false;
  if (!answer.ok) {
    // What was refused for its content is another comment when it is sent again.
    if (answer.status === 409) form.elements.submission_id.value = freshId();
    explain(form, answer.reason);
    form.elements.body.focus();
    return;
  }
  inStorage((storage) => storage.removeItem(draftKey(form)));
  form.elements.body.value = "";
  form.elements.submission_id.value = freshId();
  count(form);
  if (!document.getElementById("thread")) {
    location.assign(answer.content.url);
    return;
  }
  form.dispatchEvent(new CustomEvent("reader:sent", { bubbles: true }));
  announce(answer.content);
}

/**
 * Bring back what was being written here before.
 * @param {HTMLFormElement} form
 */
export function restoreDraft(form) {
  const draft = inStorage((storage) => storage.getItem(draftKey(form)));
  if (draft && !form.elements.body.value.trim()) form.elements.body.value = draft;
  count(form);
}

/**
 * The draft was written on, or sent, in another tab: where it stands here as it was before, this tab follows.
 * @param {StorageEvent} event
 */
function follow({ key, oldValue, newValue }) {
  for (const form of document.querySelectorAll("[data-composer]")) {
    if (draftKey(form) !== key || form.elements.body.value !== (oldValue ?? "")) continue;
    form.elements.body.value = newValue ?? "";
    if (newValue === null) form.elements.submission_id.value = freshId();
    count(form);
  }
}

/** Look after every composer of the page, those that are opened later too. */
export function watchComposers() {
  for (const form of document.querySelectorAll("[data-composer]")) restoreDraft(form);
  window.addEventListener("storage", follow);
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("[data-composer]");
    if (!form) return;
    keepDraft(form);
    count(form);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-composer]")) return;
    event.preventDefault();
    post(event.target);
  });
}
