// A queue that is worked off by keyboard, live. Without this script its page works by plain forms.

import { Follower } from "../live/catchup.js";
import { socket } from "../live/client.js";
import { fetchEvents, fetchPage } from "../live/net.js";
import { askAnswer } from "./answers.js";
import { Cards } from "./cards.js";
import { answer, decide, latest, undo } from "./decide.js";
import { cardsNow } from "./fetching.js";
import { watchKeys } from "./keys.js";
import { askWhy } from "./reasons.js";

const FEW = 15; // with fewer cards left, the next ones are fetched
const LOOK = 30_000;
const SOON = 1_000;
const PATIENCE = 700;
const OWN = "You made this decision yourself, so somebody else has to answer the appeal.";
const DONE = { approve: "Kept", remove: "Removed", restore: "Restored", undo: "Undone" };

const section = document.querySelector("[data-queue]");
const status = section.querySelector("[data-queue-status]");
const undoing = section.querySelector("[data-queue-last]");
const cards = new Cards(section, { left: onLeft, wanted: fetchCards, changed: keepCurrent });
const rooms = section.dataset.articles
  .split(" ")
  .filter(Boolean)
  .map((id) => `article:${id}`);
const follower = new Follower({
  stream: section.dataset.queueStream,
  seen: Number(section.dataset.queueSeq),
  page: cards,
  fetchEvents,
  refetch: async () => {
    const { fresh, head } = await fetchQueue();
    show(fresh);
    return head;
  },
});
const begun = new Map(); // what was said about a removal that could not be sent, by card
let isLooking = false;

function say(words) {
  status.textContent = words;
}

function current() {
  return section.querySelector("[data-current]");
}

function select(card, { focus = true } = {}) {
  current()?.removeAttribute("data-current");
  if (!card) return;
  card.setAttribute("data-current", "");
  card.tabIndex = -1;
  if (focus) {
    card.focus({ preventScroll: true });
    card.scrollIntoView({ block: "nearest" });
  }
}

function move(step) {
  const all = cards.all;
  const at = all.indexOf(current());
  select(all[at < 0 ? 0 : Math.max(0, Math.min(all.length - 1, at + step))]);
}

function neighbour(card) {
  const all = cards.all.filter((each) => each === card || !each.hasAttribute("data-deciding"));
  const at = all.indexOf(card);
  return all[at + 1] ?? all[at - 1];
}

// Whatever came or went: the keys are about some card, as long as there is one.
function keepCurrent() {
  const shown = current();
  if (shown && !shown.matches("[inert], [data-deciding]")) return;
  const next = cards.all.find((each) => !each.hasAttribute("data-deciding"));
  select(next, {
    focus: document.activeElement === document.body || Boolean(shown?.contains(document.activeElement)),
  });
}

function onLeft(card) {
  if (card.hasAttribute("data-current"))
    select(neighbour(card), { focus: card.contains(document.activeElement) });
  if (cards.all.length < FEW && section.querySelector("a[rel=next]")) look();
}

function refuse(card, reason) {
  card.removeAttribute("data-deciding");
  let line = card.querySelector(".case-refused");
  if (!line) {
    line = document.createElement("p");
    line.className = "case-refused";
    line.setAttribute("role", "alert");
    card.append(line);
  }
  line.textContent = reason;
}

async function act(card, action, fields) {
  if (!card || card.hasAttribute("data-deciding")) return;
  card.setAttribute("data-deciding", "");
  card.querySelector(".case-refused")?.remove();
  if (card.hasAttribute("data-current")) select(neighbour(card));
  const told = await decide(card, action, fields);
  if (told.ok) {
    say(`${DONE[action]}: the comment by ${card.querySelector(".comment-author").textContent}.`);
    offerUndo();
    // It is told by everyone's way, at once; where that is slow, it is asked for.
    setTimeout(() => card.isConnected && card.hasAttribute("data-deciding") && follower.catchUp(), PATIENCE);
    return;
  }
  if (fields?.note) begun.set(nameOf(card), fields.note);
  // What it is by now is shown, and above it why nothing was decided.
  await fetchCards([nameOf(card)]);
  refuse(cards.find(nameOf(card)) ?? card, told.reason);
  keepCurrent();
}

// What a card is asked for by: its comment, or the decision about a person.
function nameOf(card) {
  return card.id.replace("case-", "");
}

// An appeal is answered in its place; the dialog keeps what was written until that is taken.
function answerAppeal(card, { answer: appeal, decider }) {
  if (decider === section.dataset.viewer) return refuse(card, OWN);
  askAnswer(appeal, async (fields) => {
    const told = await answer(appeal, fields);
    if (told.ok) {
      say(`Answered: the appeal of ${card.querySelector(".comment-author").textContent}.`);
      setTimeout(() => card.isConnected && !card.inert && follower.catchUp(), PATIENCE);
    } else if (told.status === 409) fetchCards([nameOf(card)]);
    return told;
  });
}

// The line above the cards always offers to undo the very last decision.
async function offerUndo() {
  const last = await latest();
  undoing.hidden = !last;
  if (!last) return;
  undoing.action = `/moderation/decisions/${last.decision}/undo`;
  undoing.querySelector("[data-queue-done]").textContent =
    `${DONE[last.action]}: the comment by ${last.name}.`;
}

async function back() {
  const told = await undo();
  if (!told) return say("There is nothing to undo.");
  offerUndo();
  say(told.ok ? "Undone." : told.reason);
  await fetchCards([told.comment]);
  const card = cards.find(told.comment);
  if (card) select(card);
}

// The cards as they are now; an open page is told the same by everyone's way, only later. They stay as they are where
// the site doesn't answer.
async function fetchCards(ids) {
  const fresh = await cardsNow(ids, () => follower.seen);
  if (!fresh) return;
  cards.count(fresh.counts);
  cards.apply(fresh.cards);
}

async function fetchQueue() {
  const fresh = await fetchPage(location.href);
  const queue = fresh.querySelector("[data-queue]");
  if (!queue) throw new Error("another page came back");
  return { fresh, head: Number(queue.dataset.queueSeq) };
}

function show(fresh) {
  cards.replace(fresh);
  cards.count(
    Object.fromEntries(
      [...fresh.querySelectorAll("[data-count]")].map((each) => [
        each.dataset.count,
        Number.parseInt(each.textContent, 10) + (each.textContent.endsWith("+") ? 1 : 0), // "99+" is 100
      ]),
    ),
  );
  const [more, further] = [section, fresh.querySelector("[data-queue]")].map((each) =>
    each.querySelector("a[rel=next]"),
  );
  if (!further) more?.closest("nav").remove();
  else if (more) more.href = further.href;
  else cards.list.parentElement.append(document.importNode(further.closest("nav"), true));
}

// What no event tells moderators (a new comment, an edit) is looked up, once a second at most.
function look() {
  if (isLooking) return;
  isLooking = true;
  setTimeout(async () => {
    isLooking = false;
    await renew().catch(() => {});
  }, SOON);
}

// Who decided is told by the stream alone. So first comes that, then the page; not one that a decision overtook.
async function renew() {
  const { fresh, head } = await fetchQueue();
  if (head > follower.seen) await follower.catchUp();
  if (head < follower.seen) look();
  else show(fresh);
}

function removal(card) {
  askWhy(begun.get(nameOf(card)) ?? "", (reason, note) => {
    select(card);
    begun.delete(nameOf(card));
    act(card, "remove", { reason, note });
  });
}

document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.target.id !== "decide" || !button?.dataset.do) return;
  event.preventDefault();
  const card = button.closest(".case");
  select(card, { focus: false });
  if (button.dataset.do === "remove") removal(card);
  else act(card, button.dataset.do);
});

// What was decided before the page was opened is undone by the form itself.
undoing.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (await latest()) back();
  else undoing.submit();
});

section.addEventListener("click", (event) => {
  const link = event.target.closest("[data-answer]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  answerAppeal(link.closest(".case"), link.dataset);
});

section.addEventListener("focusin", (event) => {
  const card = event.target.closest(".case");
  if (card && card !== current()) select(card, { focus: false });
});

watchKeys({
  j: () => move(1),
  k: () => move(-1),
  a: () => {
    const link = current()?.querySelector("[data-answer]");
    if (link) link.click();
    else if (current()?.querySelector("[data-do=approve]")) act(current(), "approve");
  },
  r: () => {
    const link = current()?.querySelector("[data-answer]");
    if (link) link.click();
    else if (current()?.querySelector("[data-do=remove]")) removal(current());
  },
  s: () => current()?.querySelector("[data-key=s]")?.click(),
  x: () => current()?.querySelector("[name=pick]").click(),
  u: back,
  n: nextQueue,
  "?": () => document.getElementById("queue-help").showModal(),
});

function nextQueue() {
  const links = [...document.querySelectorAll(".queue-nav li:not(.queue-apart) a[href^='/moderation/']")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  links[(at + 1) % links.length].click();
}

function join() {
  for (const stream of [follower.stream, "front", ...rooms]) {
    socket.emit("live:join", { stream }, ({ head, error }) => {
      if (stream === follower.stream && !error) follower.compare(head);
    });
  }
}

socket.on("connect", join);
if (socket.connected) join();
socket.on("live:event", (batch) => {
  follower.receive(batch);
  if (rooms.includes(batch.stream)) look();
});
socket.on("live:head", ({ stream, head }) => stream === follower.stream && follower.compare(head));
socket.on("live:counts", look);
setInterval(() => document.hidden || look(), LOOK);
document.addEventListener("visibilitychange", () => document.hidden || follower.catchUp());
select(cards.all[0], { focus: false });
