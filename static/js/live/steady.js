// Keeps what stands below a change where it is, while a reader can see it. What becomes shorter keeps its height. What
// becomes longer is cut off at its height, or not shown yet, under a button that lies over the text. Either ends when the
// reader presses that, gets there by keyboard or address, or has scrolled away.
import { holdStill } from "./still.js";

const held = new Map(); // each element that is held, with the place of its button where it has one

const leaving = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const element = isIntersecting ? null : [...held.keys()].find((each) => watched(each) === target);
    if (element) holdStill(() => release(element));
  }
});

function watched(element) {
  return held.get(element).place ?? element;
}

/** @param {Element} element @returns {number | null} its height, 0 where it is not shown; null where nobody sees its end */
function heightSeen(element) {
  let shown = element;
  while (shown && shown.getClientRects().length === 0) shown = shown.previousElementSibling;
  const edge = (shown ?? element.parentElement).getBoundingClientRect().bottom;
  if (edge <= 0 || edge >= window.innerHeight) return null;
  return shown === element ? element.getBoundingClientRect().height : 0;
}

/**
 * Let `change` happen to an element, or replace it, without moving what is below.
 * @param {Element} element
 * @param {() => Element} change gives the element that stands there afterwards
 * @param {(count: number) => string} label what the button says when so many changes wait behind it
 */
export function keepSteady(element, change, label) {
  const count = (held.get(element)?.count ?? 0) + 1;
  const before = element.isConnected ? heightSeen(element) : null;
  release(element);
  const after = change();
  if (before === null || !after.isConnected) return;
  const height = after.getBoundingClientRect().height;
  if (Math.abs(height - before) >= 1) hold(after, { before, isCut: height > before, count, label });
}

/**
 * Let a change bring in an element; where it moves `below` up, the element takes the room that has become free,
 * and links that are hidden with it leave theirs (measures.css).
 * @param {HTMLElement} element @param {Element} below @param {() => void} change
 */
export function keepRoom(element, below, change) {
  const before = below.getBoundingClientRect().top;
  document.documentElement.dataset.closing = "";
  change();
  const free = before - below.getBoundingClientRect().top;
  if (free < 1 || before <= 0 || before >= window.innerHeight) return;
  element.style.setProperty("min-block-size", `${element.getBoundingClientRect().height + free}px`);
  element.dataset.held = "short";
  held.set(element, { count: 1, place: null });
  leaving.observe(element);
}

function hold(element, { before, isCut, count, label }) {
  if (before > 0) element.style.setProperty(isCut ? "block-size" : "min-block-size", `${before}px`);
  element.dataset.held = isCut ? (before > 0 ? "cut" : "whole") : "short";
  held.set(element, { count, place: isCut ? offer(element, label(count)) : null });
  leaving.observe(watched(element));
}

function offer(element, words) {
  const place = document.createElement(element.localName === "li" ? "li" : "p");
  place.className = "held-more";
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = words;
  button.addEventListener("click", () => {
    release(element);
    const first = element.querySelector(".arrived") ?? element;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  });
  place.append(button);
  element.after(place);
  return place;
}

function release(element) {
  if (!held.has(element)) return;
  leaving.unobserve(watched(element));
  held.get(element).place?.remove();
  held.delete(element);
  element.style.removeProperty("block-size");
  element.style.removeProperty("min-block-size");
  delete element.dataset.held;
}

/** @param {Element} within show all around this element; what hides nothing keeps its room, or a click would miss */
export function uncover(within) {
  for (const element of [...held.keys()])
    if (element.contains(within) && element.dataset.held !== "short") release(element);
}

/** Show everything. */
export function releaseAll() {
  for (const element of [...held.keys()]) release(element);
}

document.addEventListener("focusin", ({ target }) => uncover(target));
addEventListener("hashchange", () => {
  const target = document.getElementById(location.hash.slice(1));
  if (!target?.closest("[data-held]")) return;
  uncover(target);
  target.scrollIntoView();
});
