// Branches of a thread: folded and unfolded by a button, and opened further in place where the page shows only the
// first replies. Without script the replies are simply there, and the link to more of them leads to a page that has them.
import { decorate, decorateWith } from "./mine.js";

const collapsed = new Set(); // the ids of the comments whose replies are folded, as long as the page lives

/** The link to the replies after those that are shown; null where they all are. @param {Element} comment */
export function moreOf(comment) {
  return comment.querySelector(":scope > .more:not(.more-before)");
}

// The button that folds a comment's replies; the stylesheet shows it where there are some. Whom they answer may be a
// tombstone by now, or have another name.
function offer(comment, name = "") {
  const list = comment.querySelector(":scope > .replies");
  if (!list) return;
  let button = comment.querySelector(":scope > .collapse");
  if (!button) {
    button = document.createElement("button");
    button.type = "button";
    button.className = "collapse";
    button.innerHTML =
      '<span class="to-hide">Hide</span><span class="to-show">Show</span> replies<span class="visually-hidden"></span>';
    button.setAttribute("aria-controls", list.id);
    list.before(button);
  }
  button.lastElementChild.textContent = name && ` to ${name}`;
  fold(comment, collapsed.has(comment.id));
}

function fold(comment, away) {
  comment.classList.toggle("collapsed", away);
  comment.querySelector(":scope > .collapse")?.setAttribute("aria-expanded", String(!away));
}

function toggle(comment) {
  const away = !comment.classList.contains("collapsed");
  collapsed[away ? "add" : "delete"](comment.id);
  fold(comment, away);
}

// Puts the replies of a fresh page that this one lacks into their places; the first of them.
function takeOver(comment, fresh) {
  const list = comment.querySelector(":scope > .replies");
  const added = [];
  for (const reply of [...fresh.querySelector(":scope > .replies").children]) {
    if (document.getElementById(reply.id)) continue;
    const item = document.importNode(reply, true);
    const order = Number(item.dataset.order);
    const next = [...list.children].find((each) => Number(each.dataset.order) > order);
    list.insertBefore(item, next ?? null);
    added.push(item);
  }
  const more = moreOf(fresh);
  moreOf(comment)?.replaceWith(...(more ? [document.importNode(more, true)] : []));
  decorate(comment);
  return added[0];
}

async function open(link, comment) {
  const response = await fetch(link.href, { headers: { Accept: "text/html" } }).catch(() => null);
  const text = response?.ok ? await response.text() : "";
  const fresh = new DOMParser().parseFromString(text, "text/html").getElementById(comment.id);
  if (!fresh || !comment.isConnected) return false;
  const first = takeOver(comment, fresh);
  comment.dataset.opened = "";
  if (first) {
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
  }
  return true;
}

/** Look after the branches of the page. */
export function watchBranches() {
  decorateWith((card) => {
    const comment = card.closest(".comment");
    if (comment) offer(comment, card.querySelector(".comment-author")?.textContent);
  });
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button.collapse");
    if (button) toggle(button.closest(".comment"));
    const link = event.target.closest?.(".more:not(.more-before) > a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!(await open(link, link.closest(".comment")))) location.assign(link.href);
  });
}
