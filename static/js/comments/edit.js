// Changing in place what one wrote a moment ago: the form of the page "edit", under one's own comment.
import { isComposing } from "../typing.js";
import { restoreDraft } from "./composer.js";
import { authorOf, decorateWith } from "./mine.js";

/** One's own comment has a way to edit it, as long as that can be done. */
function offer(card, { person }) {
  const left = leftFor(card);
  const there = card.querySelector("a[data-edit]");
  if (person === null || authorOf(card) !== person || left <= 0) {
    there?.remove();
    return;
  }
  if (there) return;
  const link = document.createElement("a");
  link.href = `${card.querySelector(".comment-time").getAttribute("href")}/edit`;
  link.dataset.edit = "";
  link.textContent = "Edit";
  link.setAttribute("aria-label", "Edit what you wrote");
  card.querySelector("a[data-actions]").before(link, " ");
  setTimeout(() => link.remove(), left);
}

/** For how many milliseconds a comment can be edited yet. @param {HTMLElement} card */
function leftFor(card) {
  const time = card.querySelector(".comment-time time");
  const seconds = Number(document.getElementById("mine")?.dataset.editableSeconds);
  return time ? Date.parse(time.dateTime) + seconds * 1000 - Date.now() : 0;
}

/** @param {string} address @returns {Promise<HTMLFormElement | null>} the form of the page, if it has one */
export async function formAt(address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok) return null;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const form = page.querySelector("form[data-composer]");
  return form && document.importNode(form, true);
}

/** @param {HTMLFormElement} form */
function close(form) {
  const comment = form.closest(".comment");
  comment.classList.remove("editing");
  form.remove();
  comment.querySelector(":scope > .comment-card a[data-actions]")?.focus();
}

/** @param {HTMLElement} comment @param {string} address */
async function open(comment, address) {
  const shown = comment.querySelector(":scope > .composer-edit");
  const form = shown ?? (await formAt(address));
  if (!form) {
    location.assign(address);
    return;
  }
  if (!shown) {
    form.classList.add("composer-edit");
    const cancel = document.createElement("button");
    cancel.type = "button";
    cancel.textContent = "Cancel";
    cancel.addEventListener("click", () => close(form));
    form.querySelector(".composer-buttons").append(cancel);
    comment.querySelector(":scope > .comment-card").after(form);
    comment.classList.add("editing");
    restoreDraft(form);
  }
  form.elements.body.focus();
}

/** Edit where the comment stands. */
export function watchEditing() {
  decorateWith(offer);
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-edit]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const id = /\/comments\/(\d+)\/edit$/.exec(link.pathname)?.[1];
    const comment = document.getElementById(`comment-${id}`);
    if (!comment) return;
    event.preventDefault();
    link.closest("dialog")?.close();
    open(comment, link.href);
  });
  document.addEventListener("keydown", (event) => {
    const form = event.target.closest?.(".composer-edit");
    const { body } = form?.elements ?? {};
    if (form && event.key === "Escape" && !isComposing(event) && body.value === body.defaultValue)
      close(form);
  });
  document.addEventListener("reader:sent", ({ target }) => {
    if (target.matches(".composer-edit")) close(target);
  });
}
