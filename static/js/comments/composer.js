// Writing a comment without leaving the page: a draft that survives, a count near the limit, sending by keyboard.
// Every form here also works by itself: without this script it is posted, and the page comes back.
import { busy } from "../busy.js";
import { say } from "../say.js";
import { announce, freshId, post, send } from "../send.js";
import { isComposing } from "../typing.js";
import { forgetDraft, keepDraft, showDraft, watchDrafts } from "./drafts.js";
import { check } from "./stopped.js";

const FEW_LEFT = 500; // from here on the line below the text counts them

/** @param {HTMLFormElement} form */
function count(form) {
  const line = form.querySelector("[data-count]");
  // As it is stored: without blank lines before it and without space behind it.
  const { body } = form.elements;
  const length = [...body.value.replace(/^(?:[^\S\n]*\n)+/u, "").trimEnd()].length;
  const left = Number(body.dataset.maxLength) - length;
  if (left > FEW_LEFT) line.textContent = "";
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

/** Show the text that this one would replace, to be copied from. @param {HTMLFormElement} form @param {string} text */
function showOther(form, text) {
  const { body } = form.elements;
  form.querySelector(".typed")?.remove();
  const field = document.createElement("div");
  field.className = "field typed";
  const label = document.createElement("label");
  const box = document.createElement("textarea");
  box.id = `${body.id}-other`;
  label.htmlFor = box.id;
  label.textContent = "What it says now";
  box.rows = 4;
  box.readOnly = true;
  box.value = text;
  field.append(label, box);
  body.closest(".field").after(field);
}

/** @param {HTMLFormElement} form @param {{status: number, content: object, reason: string}} answer */
function refused(form, { status, content, reason }) {
  // It was closed meanwhile: the text is there when it is opened again.
  if (!form.isConnected) say(reason);
  // What was refused may be sent once more, with these.
  for (const [name, value] of Object.entries(content.resend ?? {})) form.elements[name].value = value;
  if (content.resend) keepDraft(form);
  if (content.other) showOther(form, content.other);
  explain(form, reason);
  if (status === 401) offerLogIn(form);
  form.elements.body.focus();
}

/** @param {HTMLFormElement} form */
async function sendOff(form) {
  const { body, submission_id: submission } = form.elements;
  const text = body.value;
  const answer = await send(form);
  if (!answer.ok) {
    refused(form, answer);
    return;
  }
  forgetDraft(form, text);
  hidePreview(form);
  form.querySelector(".typed")?.remove();
  body.value = "";
  if (submission) submission.value = freshId();
  count(form);
  if (!document.getElementById("thread")) {
    say(answer.content.told, { onNextPage: true });
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
    refused(form, answer);
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
  showDraft(form);
  count(form);
  grow(form.elements.body);
  check(form);
}

/** @param {HTMLFormElement} form @param {HTMLButtonElement | null} pressed none where a key sends it */
async function submit(form, pressed) {
  const button = pressed ?? form.querySelector("[type=submit]");
  await busy(form, button, () => {
    explain(form, "");
    return button.name === "preview" ? preview(form) : sendOff(form);
  });
  if (form.elements.replaces?.value) form.querySelector("[type=submit]").textContent = "Replace what it says";
  check(form);
}

/** Look after every composer of the page, those that are opened later too. */
export function watchComposers() {
  for (const form of document.querySelectorAll("[data-composer]")) restoreDraft(form);
  watchDrafts();
  document.addEventListener("reader:draft", ({ target }) => {
    count(target);
    grow(target.elements.body);
  });
  document.addEventListener("input", ({ target }) => {
    const form = target.closest("[data-composer]");
    if (!form || target !== form.elements.body) return;
    keepDraft(form);
    count(form);
    hidePreview(form);
    grow(form.elements.body);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.("[data-composer]");
    if (form && event.key === "Enter" && (event.ctrlKey || event.metaKey) && !isComposing(event)) {
      event.preventDefault();
      form.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-composer]")) return;
    event.preventDefault();
    submit(event.target, event.submitter);
  });
}
