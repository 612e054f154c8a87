// What one person sees of a thread besides what everybody sees. The thread's HTML is the same for all; the page of
// somebody who is logged in says beside it, in #mine, who they are and what is theirs. Here each comment is marked by
// it: all of them when the page opens, and each that arrives or changes, before it is shown.
//
// Others add their marks by `decorateWith`. A decorator gets the comment's card, which is replaced whenever the comment
// changes; it may run again on the same card, and must then change nothing.

const NOBODY = { person: null, name: null, muted: [], recommended: [], shortcuts: true, seen: null };

const decorators = [];
const tabs = new BroadcastChannel("mine");
let state = read();

function read() {
  const block = document.getElementById("mine");
  return { ...NOBODY, ...(block && JSON.parse(block.textContent)) };
}

/** @returns {typeof NOBODY} what is mine; `person` is null for a visitor */
export function mine() {
  return state;
}

/** @param {(card: HTMLElement, mine: typeof NOBODY) => void} decorator */
export function decorateWith(decorator) {
  decorators.push(decorator);
  for (const card of document.querySelectorAll(".comment-card")) decorator(card, state);
}

/** Mark the comments in `root`, itself included. @param {ParentNode} root */
export function decorate(root) {
  for (const card of root.querySelectorAll(".comment-card")) {
    for (const decorator of decorators) decorator(card, state);
  }
}

/** The page was replaced by a fresh one: what it says counts from now on. */
export function refresh() {
  state = read();
  decorate(document);
}

/**
 * Something of mine has changed in this tab: the others of the same person show it as well.
 * @param {Partial<typeof NOBODY>} changes
 */
export function change(changes) {
  Object.assign(state, changes);
  tabs.postMessage({ person: state.person, changes });
}

/** The id of the comment's author; null for a tombstone. @param {HTMLElement} card */
export function authorOf(card) {
  return card.dataset.author ? Number(card.dataset.author) : null;
}

function markOwn(card, { person }) {
  card.classList.toggle("own", person !== null && authorOf(card) === person);
}

/** Mark what is mine, on every page with a thread. */
export function watchMine() {
  tabs.addEventListener("message", ({ data }) => {
    if (state.person === null || data.person !== state.person) return;
    Object.assign(state, data.changes);
    decorate(document);
  });
  decorateWith(markOwn);
}
