// What somebody was writing when they were stopped: the discussion was closed, or they were suspended or logged out. The
// text stays on the page, to be copied, with the reason beside it; where writing is possible again, it goes on.
import { isBusy } from "../busy.js";
import { textsFor } from "./drafts.js";

const LOGGED_OUT =
  "You are not logged in any more. What you have written stays here, and is here again once you have logged in.";
const GONE = "The comment you answer is not there to be read any more.";
const KEPT = "What you have written stays here: copy it if you need it.";

/** @param {string} selector @returns {string} what a part of the discussion says, in one line */
function words(selector) {
  return document.querySelector(selector)?.textContent.replace(/\s+/g, " ").trim() ?? "";
}

/** Why this can't be sent now; empty where it can. @param {HTMLFormElement} form */
function reasonFor(form) {
  // What stands there already can be changed all the same.
  if (form.elements.revision) return "";
  const answered = form.closest(".comment")?.querySelector(":scope > .comment-card");
  if (answered?.matches(".tombstone")) return GONE;
  return words("#restraint .thread-note") || words("#thread-state[data-closed] .thread-note");
}

/** @param {HTMLFormElement} form @param {string} says */
function tell(form, says) {
  let note = form.querySelector(":scope > .composer-stopped");
  if (!note) {
    note = document.createElement("div");
    note.className = "composer-stopped";
    const line = document.createElement("p");
    line.setAttribute("role", "status");
    const copy = document.createElement("button");
    copy.type = "button";
    copy.textContent = "Copy my text";
    copy.addEventListener("click", () => copyFrom(form.elements.body));
    note.append(line, copy);
    form.append(note);
  }
  const line = note.querySelector("p");
  // Written again, it would be read out again, and be a change to look at again.
  if (line.textContent !== says) line.textContent = says;
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

/** Stop a form in which something is written that can't be sent now, or let it go on. @param {HTMLFormElement} form */
export function check(form) {
  if (isBusy(form) || !form.closest("#comments")) return;
  const { body } = form.elements;
  const isBegun = body.value.trim() && body.value !== body.defaultValue;
  const isLoggedOut = isBegun && !document.getElementById("mine");
  const reason = isBegun && !isLoggedOut ? reasonFor(form) : "";
  if (isLoggedOut) tell(form, LOGGED_OUT);
  else if (reason) tell(form, `${reason} ${KEPT}`);
  else form.querySelector(":scope > .composer-stopped")?.remove();
  if (Boolean(reason) === "stopped" in form.dataset) return;
  form.toggleAttribute("data-stopped", Boolean(reason));
  body.readOnly = Boolean(reason);
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
