// "Options": what one may do with a comment, in a dialog over the page instead of a page of its own.
import { busy, explain } from "../busy.js";
import { say } from "../say.js";
import { announce, change, send } from "../send.js";
import { restoreDraft } from "./composer.js";

const begun = new Map(); // what was written in a dialog that was closed, by its field: a composer has its draft instead

/** @returns {HTMLDialogElement} */
function makeDialog() {
  const dialog = document.createElement("dialog");
  dialog.className = "actions-dialog";
  dialog.setAttribute("aria-labelledby", "actions-heading");
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("input", ({ target }) => begun.set(nameOf(target), target.value));
  dialog.addEventListener("click", (event) => {
    const dismissal = event.target.closest("[data-dismiss]");
    if (dismissal) event.preventDefault();
    if (dismissal || event.target === dialog) dialog.close();
  });
  return dialog;
}

/** @param {HTMLInputElement} field */
function nameOf(field) {
  return `${field.form.action} ${field.name}`;
}

/** @returns {HTMLButtonElement} */
function closeButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "dialog-close";
  button.textContent = "Close";
  button.addEventListener("click", () => button.closest("dialog").close());
  return button;
}

/**
 * Show a page's content in the dialog.
 * @param {HTMLDialogElement} dialog
 * @param {string} address
 * @returns {Promise<boolean>} whether it could be shown
 */
async function show(dialog, address) {
  const response = await fetch(address, { headers: { Accept: "text/html" } }).catch(() => null);
  if (!response?.ok || new URL(response.url).pathname !== address) return false;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const main = page.querySelector("main");
  const heading = main?.querySelector("h1");
  if (!heading) return false;
  heading.id = "actions-heading";
  dialog.replaceChildren(...main.childNodes, closeButton());
  for (const form of dialog.querySelectorAll("[data-composer]")) restoreDraft(form);
  for (const field of dialog.querySelectorAll("form:not([data-composer]) :is(textarea, select)"))
    field.value = begun.get(nameOf(field)) ?? field.value;
  return true;
}

/**
 * Send a form of the dialog, and show what came of it.
 * @param {HTMLFormElement} form
 */
async function submit(form) {
  explain(form);
  const answer = await send(form);
  if (!answer.ok) {
    explain(form, answer.reason);
    return;
  }
  for (const field of form.elements) begun.delete(nameOf(field));
  form.closest("dialog").close();
  const { content } = answer;
  if ("muted" in content || "unmuted" in content) {
    document.dispatchEvent(new CustomEvent("reader:done", { detail: content }));
    say(content.told);
  } else if ("recommended" in content) {
    const isShown = change(content);
    say(content.told, { onNextPage: !isShown });
    if (!isShown) location.assign(content.url);
  } else if (form.matches(".report")) say(content.told);
  else announce(content);
}

/**
 * Open what one may do with a comment in a dialog; where that can't be, go there.
 * @param {string} address
 */
export async function openActions(address) {
  const dialog = makeDialog();
  if (await show(dialog, new URL(address).pathname)) {
    document.querySelector(".actions-dialog[open]")?.close();
    dialog.showModal();
  } else location.assign(address);
}

/** Open the actions of a comment in a dialog, and send its forms from there. */
export function watchActions() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-actions]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openActions(link.href);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const dialog = form.closest(".actions-dialog");
    if (!dialog || form.matches("[data-composer]")) return;
    event.preventDefault();
    // What can't be undone asks first.
    if (form.matches("[data-actions]")) openActions(form.action);
    else busy(form, event.submitter ?? form.querySelector("button"), () => submit(form));
  });
  document.addEventListener("reader:sent", ({ target }) => target.closest(".actions-dialog")?.close());
}
