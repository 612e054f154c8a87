// Writing a comment without leaving the page: a draft that survives, a count near the limit, sending by keyboard.
// Every form here also works by itself: without this script it is posted, and the page comes back.
import { draftKey, draftOf, forgetDraft, keepDraft } from "./drafts.js";
import { announce, freshId, post, send } from "./send.js";

const LONGEST = 5000;
const COUNT_FROM = 4500;

/** @param {HTMLFormElement} form */
function count(form) {
  const line = form.querySelector("[data-count]");
  // As it is stored: without blank lines before it and without space behind it.
  const length = [...form.elements.body.value.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd()].length;
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
  line.querySelector("a")?.remove();
  line.hidden = !reason;
  const { body } = form.elements;
  if (reason) body.setAttribute("aria-invalid", "true");
  else body.removeAttribute("aria-invalid");
  const described = new Set(body.getAttribute("aria-describedby").split(" "));
  described[reason ? "add" : "delete"](line.id);
  body.setAttribute("aria-describedby", [...described].join(" "));
}

/** The way to log in again, and back to the text: it is kept as a draft. @param {HTMLFormElement} form */
function offerLogIn(form) {
  const back = /^\/comments\/\d+\/edit$/.test(new URL(form.action).pathname)
    ? new URL(form.action).pathname
    : form.elements.parent_id.value
      ? `/comments/${form.elements.parent_id.value}/reply`
      : `${location.pathname}#comments`;
  const link = document.createElement("a");
  link.href = `/login?next=${encodeURIComponent(back)}`;
  link.textContent = "Log in";
  form.querySelector(".field-error").append(link);
}

/** What was refused needs another number when it is sent again. @param {HTMLFormElement} form */
async function renew(form) {
  const { submission_id: submission, revision } = form.elements;
  if (submission) submission.value = freshId();
  if (!revision) return;
  const { formAt } = await import("./edit.js");
  const now = await formAt(form.action);
  if (now) revision.value = now.elements.revision.value;
}

/**
 * Hold the form's buttons while something is under way; nothing happens while something is.
 * @param {HTMLFormElement} form
 * @param {() => Promise<void>} work
 */
async function busy(form, work) {
  const buttons = [...form.querySelectorAll("[type=submit]")];
  if (buttons.some((button) => button.disabled)) return;
  for (const button of buttons) button.disabled = true;
  explain(form, "");
  await work();
  for (const button of buttons) button.disabled = false;
}

/** @param {HTMLFormElement} form */
async function refused(form, answer) {
  if (answer.status === 409) await renew(form);
  explain(form, answer.reason);
  if (answer.status === 401) offerLogIn(form);
  form.elements.body.focus();
}

/** @param {HTMLFormElement} form */
async function sendOff(form) {
  const answer = await send(form);
  if (!answer.ok) {
    await refused(form, answer);
    return;
  }
  forgetDraft(form);
  hidePreview(form);
  form.elements.body.value = "";
  if (form.elements.submission_id) form.elements.submission_id.value = freshId();
  count(form);
  if (!document.getElementById("thread")) {
    location.assign(answer.content.url);
    return;
  }
  form.dispatchEvent(new CustomEvent("reader:sent", { bubbles: true }));
  announce(answer.content);
}

/** @param {HTMLFormElement} form */
function hidePreview(form) {
  form.querySelector(".preview")?.remove();
}

/** Show what the text would be, made by the renderer that makes comments. @param {HTMLFormElement} form */
async function preview(form) {
  const fields = new FormData(form);
  fields.set("preview", "yes");
  const answer = await post(form.action, fields);
  hidePreview(form);
  if (!answer.ok) {
    await refused(form, answer);
    return;
  }
  const section = document.createElement("section");
  section.className = "preview";
  section.setAttribute("aria-label", "Preview");
  section.tabIndex = -1;
  const title = document.createElement("p");
  title.className = "preview-title";
  title.textContent = "Preview";
  const text = document.createElement("div");
  text.className = "comment-text";
  text.innerHTML = answer.content.html;
  section.append(title, text);
  form.querySelector(".composer-buttons").before(section);
  section.focus({ preventScroll: true });
  section.scrollIntoView({ block: "nearest" });
}

/** Grow with the text, where the browser doesn't do that by itself. @param {HTMLTextAreaElement} body */
function grow(body) {
  if (CSS.supports("field-sizing", "content")) return;
  body.style.setProperty("block-size", "auto");
  body.style.setProperty("block-size", `${body.scrollHeight + 2}px`);
}

/**
 * Bring back what was being written here before.
 * @param {HTMLFormElement} form
 */
export function restoreDraft(form) {
  const { body } = form.elements;
  const draft = draftOf(form);
  if (draft && body.value === body.defaultValue && !body.hasAttribute("aria-invalid")) body.value = draft;
  count(form);
  grow(body);
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
    hidePreview(form);
    grow(form.elements.body);
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
    const form = event.target;
    busy(form, () => (event.submitter?.name === "preview" ? preview(form) : sendOff(form)));
  });
}
