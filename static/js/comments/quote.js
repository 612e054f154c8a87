// Quoting: what is selected in a comment goes, as a quote, into the reply to it.
import { openReply } from "./reply.js";

const button = document.createElement("button");
button.type = "button";
button.className = "quote-button";
button.textContent = "Quote";
let chosen = null;

/** @returns {{comment: HTMLElement, text: string, place: DOMRect} | null} what is selected, if all of it is in one comment */
function selected() {
  const selection = getSelection();
  const text = selection.toString().trim();
  if (!text || selection.rangeCount === 0) return null;
  const range = selection.getRangeAt(0).cloneRange();
  const { startContainer: start } = range;
  const box = (start.nodeType === Node.ELEMENT_NODE ? start : start.parentElement).closest(".comment-text");
  const comment = box?.closest(".comment");
  if (!comment) return null;
  // A triple click selects to where the next paragraph begins, which may be outside; nothing of that is selected.
  const whole = dense(range);
  if (!box.contains(range.endContainer)) range.setEndAfter(box.lastChild);
  if (dense(range) !== whole) return null;
  return { comment, text, place: range.getBoundingClientRect() };
}

/** @param {Range} range */
function dense(range) {
  return range.toString().replace(/\s+/g, "");
}

function follow() {
  if (document.activeElement === button) return;
  chosen = document.querySelector("#comments > [data-composer]") && selected();
  if (!chosen) {
    button.remove();
    return;
  }
  button.style.setProperty("top", `${window.scrollY + chosen.place.bottom + 6}px`);
  button.style.setProperty("left", `${window.scrollX + chosen.place.left}px`);
  document.body.append(button);
}

/** Put the quote where the reply is written, and go on writing below it. */
function quote() {
  const { comment, text } = chosen;
  button.remove();
  const form = openReply(comment);
  if (!form || form.elements.body.readOnly) return;
  const { body } = form.elements;
  const before = body.value.trimEnd();
  const lines = text.split("\n").map((line) => `> ${line}`.trimEnd());
  body.value = `${before}${before ? "\n\n" : ""}${lines.join("\n")}\n\n`;
  body.dispatchEvent(new Event("input", { bubbles: true }));
  body.focus();
  body.setSelectionRange(body.value.length, body.value.length);
}

/** Offer to quote what is selected. */
export function watchQuoting() {
  document.addEventListener("selectionchange", follow);
  // The press must not take the selection away before the click is here.
  button.addEventListener("pointerdown", (event) => event.preventDefault());
  button.addEventListener("click", quote);
  button.addEventListener("blur", follow);
}
