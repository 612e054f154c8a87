// People who are muted. A stylesheet folds away what they say, with or without scripts; here a button opens one comment
// again, and somebody who is muted from a dialog is folded at once.
import { authorOf, decorate, decorateWith, mine } from "./mine.js";

const SHEET = "/account/muted.css";

const unfolded = new Set(); // the ids of the comments that were opened all the same

/** @returns {HTMLButtonElement} */
function unfoldButton() {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "unfold button-quiet";
  return button;
}

/** @param {HTMLButtonElement} button @param {boolean} open */
function label(button, open) {
  const name = button.closest(".comment-card").querySelector(".comment-author").textContent;
  button.textContent = open ? "Fold" : "Show";
  button.setAttribute("aria-expanded", String(open));
  button.setAttribute("aria-label", `${open ? "Fold" : "Show"} the comment by ${name}, whom you muted`);
}

/** @param {HTMLElement} comment @param {HTMLButtonElement} button */
function toggle(comment, button) {
  const open = comment.classList.toggle("unfolded");
  unfolded[open ? "add" : "delete"](comment.id);
  label(button, open);
}

function markMuted(card, { muted }) {
  const there = card.querySelector(".unfold");
  if (!muted.includes(authorOf(card))) {
    there?.remove();
    return;
  }
  const button = there ?? unfoldButton();
  if (!there) card.querySelector(".comment-head").append(button);
  const comment = card.closest(".comment");
  label(button, comment.classList.toggle("unfolded", unfolded.has(comment.id)));
}

// The stylesheet is made anew: it names other people now.
function renewSheet() {
  const link = document.querySelector(`link[href^="${SHEET}"]`) ?? document.createElement("link");
  link.rel = "stylesheet";
  link.href = `${SHEET}?${mine().muted.length}`;
  if (!link.isConnected) document.getElementById("comments").prepend(link);
}

/** Open what is folded on request, and fold who is muted. */
export function watchMuting() {
  decorateWith(markMuted);
  document.addEventListener("click", ({ target }) => {
    const button = target.closest?.("button.unfold");
    if (button) toggle(button.closest(".comment"), button);
  });
  document.addEventListener("reader:done", ({ detail: { muted, unmuted } }) => {
    if (!muted && !unmuted) return;
    const others = mine().muted.filter((id) => id !== unmuted);
    mine().muted = muted ? [...others, muted] : others;
    renewSheet();
    decorate(document);
  });
}
