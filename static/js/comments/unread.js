// What is new since the reader's last visit: marked, counted, and found one after the other. For who is logged in the
// server remembers how far they have read; for others this browser does.
import { post, token } from "../send.js";
import { authorOf, decorateWith, mine } from "./mine.js";

const section = document.querySelector("#comments[data-live-stream^='article:']");
const key = section && `visit:${section.dataset.liveStream}`;
let last = null; // the id of the one that the reader went to last
let seen = null; // the comment up to which the reader had read; null on a first visit

function remembered() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function idOf(comment) {
  return Number(comment.id.replace("comment-", ""));
}

function newest() {
  return Math.max(0, ...[...document.querySelectorAll("#thread .comment")].map(idOf));
}

function note() {
  const upTo = newest();
  if (!upTo) return;
  if (mine().person !== null) {
    post(`${location.pathname}/visit`, { csrf_token: token(), up_to: upTo }, { keepalive: true });
    return;
  }
  const before = remembered();
  const latest = Math.max(upTo, before?.latest ?? 0);
  try {
    localStorage.setItem(key, JSON.stringify({ seen: seen ?? latest, latest, at: Date.now() }));
  } catch {
    // Then nothing is new the next time.
  }
}

function markNew(card, { person, muted }) {
  const comment = card.closest(".comment");
  const author = authorOf(card);
  const isNew = seen !== null && author !== null && author !== person && !muted.includes(author);
  card.classList.toggle("new", isNew && idOf(comment) > seen);
  const there = card.querySelector(".new-mark");
  if (!card.classList.contains("new")) there?.remove();
  else if (!there) {
    const mark = document.createElement("span");
    mark.className = "visually-hidden new-mark";
    mark.textContent = "New";
    card.querySelector(".comment-head").prepend(mark);
  }
}

/** Go to the next comment that is new; back to the first after the last. Whether there is one on this page. */
export function nextUnread() {
  const all = [...document.querySelectorAll("#thread .comment-card.new")].filter((card) => card.offsetParent);
  const from = document.activeElement?.closest(".comment") ?? document.getElementById(last);
  const here = from?.querySelector(":scope > .comment-card");
  const next = all[here ? all.indexOf(here) + 1 : 0] ?? all[0];
  if (!next) return false;
  const comment = next.closest(".comment");
  last = comment.id;
  comment.tabIndex = -1;
  comment.focus({ preventScroll: true });
  next.scrollIntoView({ block: "center" });
  return true;
}

// The visitor's own line; somebody who is logged in has one from the server.
function tell() {
  if (mine().person !== null || seen === null) return;
  const number = document.querySelectorAll("#thread .comment-card.new").length;
  const line = document.querySelector(".thread-unread");
  if (!number || !line) return;
  const link = document.createElement("a");
  link.href = "#thread";
  link.dataset.unread = "";
  link.textContent = "Go to the next";
  line.replaceChildren(`${number} new since your last visit. `, link);
  line.hidden = false;
}

/** Mark what is new, and note when the thread has been in view. */
export function watchUnread() {
  if (!section) return;
  if (mine().person !== null) seen = mine().seen;
  else {
    const before = remembered();
    const pause = Number(section.dataset.visitPauseSeconds) * 1000;
    if (before) seen = Date.now() - before.at > pause ? before.latest : before.seen;
  }
  decorateWith(markNew);
  tell();
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a[data-unread]");
    if (link && nextUnread()) event.preventDefault();
  });
  const watcher = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    watcher.disconnect();
    note();
    document.addEventListener("visibilitychange", () => document.hidden && note());
  });
  watcher.observe(document.getElementById("thread"));
}
