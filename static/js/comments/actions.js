// "Options": what one may do with a comment, in a dialog over the page instead of a page of its own.
import { restoreDraft } from "./composer.js";
import { announce, change, send } from "./send.js";

/** @returns {HTMLDialogElement} */
function makeDialog() {
  const dialog = document.createElement("dialog");
  dialog.className = "actions-dialog";
  dialog.setAttribute("aria-labelledby", "actions-heading");
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
  return dialog;
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
  return true;
}

/**
 * @param {HTMLFormElement} form
 * @param {string} reason
 */
function explain(form, reason) {
  let line = form.querySelector(".field-error[data-answer]");
  if (!line) {
    line = document.createElement("p");
    line.className = "field-error";
    line.dataset.answer = "";
    line.setAttribute("role", "alert");
    form.prepend(line);
  }
  line.textContent = reason;
}

/**
 * Open what one may do with a comment in a dialog; where that can't be, go there.
 * @param {string} address
 */
export async function openActions(address) {
  const dialog = makeDialog();
  if (await show(dialog, new URL(address).pathname)) dialog.showModal();
  else location.assign(address);
}

/** Open the actions of a comment in a dialog, and send its forms from there. */
export function watchActions() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-actions]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    openActions(link.href);
  });
  document.addEventListener("submit", async (event) => {
    const form = event.target;
    const dialog = form.closest(".actions-dialog");
    if (!dialog || form.method !== "post" || form.matches("[data-composer]")) return;
    event.preventDefault();
    const button = form.querySelector("[type=submit], button:not([type])");
    button.disabled = true;
    const answer = await send(form);
    button.disabled = false;
    if (answer.ok) {
      dialog.close();
      const { content } = answer;
      if (content.seq === undefined)
        document.dispatchEvent(new CustomEvent("reader:done", { detail: content }));
      else if (!("recommended" in content)) announce(content);
      else if (!change(content)) location.assign(content.url);
    } else explain(form, answer.reason);
  });
  document.addEventListener("reader:sent", ({ target }) => target.closest(".actions-dialog")?.close());
}
