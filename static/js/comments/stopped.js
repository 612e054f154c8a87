// What somebody was writing when they were stopped: the discussion was closed, or they were suspended or logged out. The
// text stays on the page, to be copied, with the reason beside it; where writing is possible again, it goes on.
import { isBusy } from "../busy.js";
import { textsFor } from "./drafts.js";

const LOGGED_OUT = "You are not logged in any more.";
const GONE = "The comment you answer is not there to be read any more.";
const KEPT = "What you have written stays here: copy it if you need it.";

/** @param {string} selector @returns {string} what a part of the discussion says, in one line */
function words(selector) {
  return document.querySelector(selector)?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

/** Why this can't be sent now; empty where it can. @param {HTMLFormElement} form */
function reasonFor(form) {
  if (!form.closest("#comments")) return "";
  if (!document.getElementById("mine")) return LOGGED_OUT;
  // What stands there already can be changed all the same.
  if (form.elements.revision) return "";
  const answered = form.closest(".comment")?.querySelector(":scope > .comment-card");
  if (answered?.matches(".tombstone")) return GONE;
  return words("#restraint .thread-note") || words("#thread-state[data-closed] .thread-note");
}

/** @param {HTMLFormElement} form @param {string} reason */
function stop(form, reason) {
  const { body } = form.elements;
  form.dataset.stopped = "";
  body.readOnly = true;
  let note = form.querySelector(":scope > .composer-stopped");
  if (!note) {
    note = document.createElement("div");
    note.className = "composer-stopped";
    const copy = document.createElement("button");
    copy.type = "button";
    copy.textContent = "Copy my text";
    copy.addEventListener("click", () => copyFrom(body));
    const says = document.createElement("p");
    says.setAttribute("role", "status");
    note.append(says, copy);
    form.append(note);
  }
  const says = note.querySelector("p");
  const news = `${reason} ${KEPT}`;
  // Said again, it would be read out again, and be a change to look at again.
  if (says.textContent !== news) says.textContent = news;
}

/** @param {HTMLTextAreaElement} body */
async function copyFrom(body) {
  const { say } = await import("../say.js");
  body.select();
  // On a site without HTTPS browsers give the clipboard to nobody: what is selected is copied by hand.
  const isCopied = await navigator.clipboard?.writeText(body.value).then(
    () => true,
    () => false,
  );
  say(isCopied ? "Your text is copied." : "Your text is selected: copy it with Ctrl+C.");
}

/** @param {HTMLFormElement} form */
function goOn(form) {
  delete form.dataset.stopped;
  form.elements.body.readOnly = false;
  form.querySelector(":scope > .composer-stopped")?.remove();
}

/** Stop a form in which something is written that can't be sent now, or let it go on. @param {HTMLFormElement} form */
export function check(form) {
  if (isBusy(form)) return;
  const { body } = form.elements;
  const isBegun = body.value.trim() && body.value !== body.defaultValue;
  const reason = isBegun ? reasonFor(form) : "";
  if (reason) stop(form, reason);
  else if ("stopped" in form.dataset) goOn(form);
}

/** Who may not write here finds no form: what they had begun stands in its place. @param {HTMLElement} section */
function showDrafts(section) {
  const place = section.querySelector("#restraint");
  if (!place?.firstElementChild || section.querySelector("[data-composer]")) return;
  for (const text of textsFor(`${location.pathname}/comments`)) {
    const label = document.createElement("label");
    const box = document.createElement("textarea");
    label.className = "field typed";
    box.readOnly = true;
    box.rows = 4;
    box.value = text;
    label.append("What you were writing here", box);
    place.after(label);
  }
}

/** Look at every form again whenever something of the discussion changes. */
export function watchStops() {
  const section = document.getElementById("comments");
  if (!section) return;
  showDrafts(section);
  new MutationObserver(() => {
    for (const form of section.querySelectorAll("[data-composer]")) check(form);
  }).observe(section, { childList: true, subtree: true, attributes: true, attributeFilter: ["data-closed"] });
}
