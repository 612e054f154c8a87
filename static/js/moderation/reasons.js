// Why a comment is removed: a dialog in which a reason is chosen by its key, or by hand.
import { isComposing } from "../typing.js";

const NEEDS_WORDS = "Say in your own words why: “Other” alone explains nothing.";

const dialog = document.getElementById("queue-reasons");
const note = dialog.querySelector("textarea");
const error = dialog.querySelector(".field-error");
let chosen = () => {};

/**
 * @param {string} begun what was written about this comment before, and could not be sent
 * @param {(reason: string, note: string) => void} then is told at once: the next key is about the next comment
 */
export function askWhy(begun, then) {
  chosen = then;
  note.value = begun;
  error.hidden = true;
  dialog.showModal();
}

function choose(reason) {
  if (reason === "other" && !note.value.trim()) {
    error.textContent = NEEDS_WORDS;
    error.hidden = false;
    note.focus();
    return;
  }
  dialog.close();
  if (reason) chosen(reason, note.value);
}

dialog.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (!button) return;
  event.preventDefault();
  choose(button.value);
});

dialog.addEventListener("keydown", (event) => {
  if (event.target === note || isComposing(event)) return;
  const keys = [...dialog.querySelectorAll(".queue-reasons button")];
  const button = keys.find((each) => each.querySelector("kbd").textContent === event.key);
  if (!button) return;
  event.preventDefault();
  choose(button.value);
});
