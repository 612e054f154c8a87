// Recommending in place: the button that leads to a page of its own where there is no script.
import { change, post, token } from "../send.js";
import { openActions } from "./actions.js";
import { authorOf, decorate, decorateWith, mine, change as share } from "./mine.js";

/** @param {HTMLElement} button @returns {number} the comment's id */
function idOf(button) {
  return Number(button.id.replace("recommend-", ""));
}

/** What one has written, one can't recommend; what one recommends, one can take back. */
function mark(card, { person, recommended }) {
  const button = card.querySelector("[data-recommend]");
  if (!button || person === null) return;
  button.disabled = authorOf(card) === person;
  button.setAttribute("aria-pressed", String(recommended.includes(idOf(button))));
}

/**
 * Say beside the button what went wrong; the next press takes it away.
 * @param {HTMLElement} button
 * @param {string} [reason]
 */
function explain(button, reason) {
  const actions = button.closest(".comment-actions");
  actions.parentElement.querySelector(":scope > .comment-fault")?.remove();
  if (!reason) return;
  const line = document.createElement("p");
  line.className = "field-error comment-fault";
  line.setAttribute("role", "alert");
  line.textContent = reason;
  actions.after(line);
}

/** @param {HTMLElement} button */
async function press(button) {
  if (button.getAttribute("aria-busy")) return;
  const id = idOf(button);
  const others = mine().recommended.filter((each) => each !== id);
  const wanted = others.length === mine().recommended.length;
  button.setAttribute("aria-busy", "true");
  explain(button);
  const fields = { csrf_token: token(), recommended: wanted ? "yes" : "no" };
  const answer = await post(button.formAction.replace(/actions$/, "recommend"), fields);
  // It may be another one by now: its count has changed.
  const shown = document.getElementById(button.id) ?? button;
  button.removeAttribute("aria-busy");
  if (!answer.ok) {
    explain(shown, answer.reason);
    return;
  }
  share({ recommended: answer.content.recommended ? [...others, id] : others });
  decorate(shown.closest(".comment"));
  if (!change(answer.content)) count(shown, answer.content.recommendations);
}

/**
 * Show the number where the page isn't live and so isn't told.
 * @param {HTMLElement} button
 * @param {number} number
 */
function count(button, number) {
  const line = button.querySelector(".recommend-count") ?? document.createElement("span");
  line.className = "recommend-count";
  line.textContent = number || "";
  button.append(line);
}

/** Recommend where the button is. Who isn't logged in is told what it takes. */
export function watchRecommending() {
  decorateWith(mark);
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-recommend]");
    if (!button) return;
    event.preventDefault();
    if (token()) press(button);
    else openActions(button.formAction);
  });
}
