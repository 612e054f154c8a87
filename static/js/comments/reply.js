// Answering in place: the link "Reply" opens a copy of the thread's own composer under the comment. Where there is no
// composer, because nobody is logged in or the discussion is closed, the link leads to its page as ever.
import { freshId } from "../send.js";
import { isComposing } from "../typing.js";
import { restoreDraft } from "./composer.js";

/** @param {HTMLFormElement} form */
function close(form) {
  const link = form.closest(".comment")?.querySelector(":scope > .comment-card a[data-reply]");
  form.remove();
  link?.focus();
}

/**
 * @param {HTMLFormElement} composer the thread's own
 * @param {HTMLElement} comment the comment to answer
 * @returns {HTMLFormElement}
 */
function replyForm(composer, comment) {
  const form = composer.cloneNode(true);
  const id = comment.id.replace("comment-", "");
  const name = comment.querySelector(".comment-author").textContent;
  form.classList.add("composer-reply");
  form.elements.parent_id.value = id;
  form.elements.claim_id.value = "";
  form.elements.submission_id.value = freshId();
  form.elements.body.value = "";
  for (const part of form.querySelectorAll("[id]")) part.id = `here-${part.id}-${id}`;
  for (const part of form.querySelectorAll(".preview, .typed, .composer-about, .composer-stopped"))
    part.remove();
  // The composer may be on its way at this moment.
  form.removeAttribute("aria-busy");
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  const { body } = form.elements;
  body.readOnly = false;
  body.setAttribute("aria-describedby", `here-body-hint-${id}`);
  body.removeAttribute("aria-invalid");
  form.querySelector(".field-error").hidden = true;
  const label = form.querySelector("label");
  label.htmlFor = body.id;
  label.textContent = `Your reply to ${name}`;
  const submit = form.querySelector("[type=submit]");
  submit.textContent = "Reply";
  const cancel = document.createElement("button");
  cancel.type = "button";
  cancel.textContent = "Cancel";
  cancel.addEventListener("click", () => close(form));
  form.querySelector(".composer-buttons").append(cancel);
  return form;
}

/**
 * Open the reply to a comment, where somebody may write, and go there.
 * @param {HTMLElement} comment
 * @returns {HTMLFormElement | null}
 */
export function openReply(comment) {
  const composer = document.querySelector("#comments > [data-composer]");
  if (!composer) return null;
  let form = comment.querySelector(":scope > .composer-reply");
  if (!form) {
    form = replyForm(composer, comment);
    comment.querySelector(":scope > .comment-card").after(form);
    restoreDraft(form);
  }
  form.elements.body.focus();
  return form;
}

/** Open replies in place. */
export function watchReplies() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-reply]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (openReply(link.closest(".comment"))) event.preventDefault();
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".composer-reply");
    if (form && event.key === "Escape" && !isComposing(event) && !form.elements.body.value.trim())
      close(form);
  });
  document.addEventListener("reader:sent", ({ target }) => {
    if (target.matches(".composer-reply")) close(target);
  });
}
