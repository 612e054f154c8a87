// Shortcuts: j and k go from comment to comment, r answers, ? says so. They can be switched off, and never act while
// somebody writes or holds another key.
import { isComposing } from "../typing.js";
import { mine } from "./mine.js";
import { nextUnread } from "./unread.js";

const OFF = "shortcuts";
const HELP = [
  ["j", "Next comment"],
  ["k", "Previous comment"],
  ["r", "Reply to the comment that has the focus"],
  ["n", "Next new comment"],
  ["?", "This list"],
];
const IN_FIELDS = "input, textarea, select, [contenteditable], dialog";

/** Where the browser keeps nothing for this site, the shortcuts are on. */
function isOff() {
  try {
    return mine().shortcuts === false || localStorage.getItem(OFF) === "off";
  } catch {
    return false;
  }
}

/** @param {boolean} on */
function keep(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "off");
  } catch {
    // They are on again next time, then.
  }
}

function comments() {
  return [...document.querySelectorAll("#thread .comment")].filter((each) => each.offsetParent !== null);
}

/** The comment that has the focus, or else the one at the top of the screen. */
function place(all) {
  const focused = document.activeElement.closest("#thread .comment");
  if (focused) return all.indexOf(focused);
  return all.findIndex((each) => each.getBoundingClientRect().top >= 0) - 0.5;
}

/** @param {number} step */
function go(step) {
  const all = comments();
  const at = place(all);
  const next = all[step > 0 ? Math.floor(at + 1) : Math.ceil(at - 1)];
  if (!next) return;
  next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function reply() {
  const focused = document.activeElement.closest("#thread .comment");
  focused?.querySelector(":scope > .comment-card a[data-reply]")?.click();
}

function help() {
  if (document.querySelector(".shortcuts-dialog")) return;
  const dialog = document.createElement("dialog");
  dialog.className = "actions-dialog shortcuts-dialog";
  dialog.setAttribute("aria-labelledby", "shortcuts-heading");
  const heading = document.createElement("h1");
  heading.id = "shortcuts-heading";
  heading.textContent = "Keyboard shortcuts";
  const keys = document.createElement("dl");
  keys.className = "facts";
  for (const [key, says] of HELP) {
    const row = document.createElement("div");
    const [term, words] = [document.createElement("dt"), document.createElement("dd")];
    term.append(Object.assign(document.createElement("kbd"), { textContent: key }));
    words.textContent = says;
    row.append(term, words);
    keys.append(row);
  }
  const label = document.createElement("label");
  label.className = "field-check";
  const box = Object.assign(document.createElement("input"), { type: "checkbox", checked: !isOff() });
  box.addEventListener("change", () => keep(box.checked));
  label.append(box, " Use them in this browser");
  const close = Object.assign(document.createElement("button"), {
    type: "button",
    className: "dialog-close",
    textContent: "Close",
  });
  close.addEventListener("click", () => dialog.close());
  dialog.append(heading, keys, label, close);
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

const ACTS = {
  j: () => go(1),
  k: () => go(-1),
  r: reply,
  n: nextUnread,
  "?": help,
};

/** Listen for shortcuts on pages that have a thread. */
export function watchKeyboard() {
  if (!document.getElementById("thread")) return;
  document.addEventListener("keydown", (event) => {
    const act = ACTS[event.key];
    if (!act || event.ctrlKey || event.metaKey || event.altKey || isComposing(event)) return;
    if (event.target.closest?.(IN_FIELDS)) return;
    // The list stays within reach: it is how they are switched on again.
    if (isOff() && event.key !== "?") return;
    event.preventDefault();
    act();
  });
}
