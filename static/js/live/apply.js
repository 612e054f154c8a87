// Puts what changed into the page: pure DOM, without network or time. Whatever order the entries come in, however
// often, the page ends as a fresh one would be. What can't be placed here is never passed over in silence: the
// caller is told to fetch it, or the whole page.
import { moreOf } from "../comments/branches.js";
import { decorate } from "../comments/mine.js";
import { ARRIVAL, ELSEWHERE, Order } from "./order.js";
import { keepRoom, keepSteady, uncover } from "./steady.js";
import { holdStill } from "./still.js";
import { swap } from "./swap.js";

export const DONE = "done"; // the page shows it, or it belongs to another page of the thread
export const FETCH = "fetch"; // it came without its html, which is wanted
export const RESET = "reset"; // only a fresh page can show it

export const IN_MAIN = "main[data-live-stream], main [data-live-stream]";
export const VERDICTS = "verdicts";
const THREAD = "thread";
const PAGE = "article";
// Of more changes at once, which are those of some time, only what is read is held in its place.
const MAX_STEADY = 20;

export class Page {
  // `stream` is what this part of the page follows, `waiting` takes the comments behind the pill; `heard` is told how
  // many comments of others arrived.
  constructor(stream, waiting, heard = () => {}) {
    this.stream = stream;
    this.waiting = waiting;
    this.heard = heard;
    this.own = new Set();
    this.steady = true; // whether what stands below a change keeps its place
    this.opened = new Set(); // comments of which more replies are on the page than a fresh one would show
    this.arrived = 0;
  }

  // The element that says what is followed here; a fresh one may have taken its place.
  get section() {
    return sectionOf(document, this.stream);
  }

  // The order in which comments stand at the top.
  get order() {
    return new Order(this.section);
  }

  get list() {
    return document.getElementById(THREAD);
  }

  find(id) {
    return document.getElementById(id) ?? this.waiting.find(id);
  }

  // Applies entries known to follow number `after`. With `reveal`, nothing goes behind the pill.
  apply(entries, { after, reveal = false }) {
    let outcome = DONE;
    this.steady = entries.length <= MAX_STEADY;
    holdStill(() => {
      for (const entry of entries) {
        const each = this.#place(entry, after, reveal);
        if (each === RESET || (each === FETCH && outcome === DONE)) outcome = each;
        if (outcome === RESET) break;
      }
    });
    if (this.arrived) this.heard(this.arrived);
    this.arrived = 0;
    return outcome;
  }

  // Shows what waits behind the pill; the first of it on the page, if there was any.
  reveal() {
    const items = this.waiting.take();
    holdStill(() => {
      for (const item of items) this.#insert(this.list, item);
    });
    return this.order.ascending ? items.at(-1) : items[0];
  }

  // Shows the visitor's own comment, wherever it would have waited.
  showOwn(id) {
    this.own.add(id);
    const item = this.waiting.take(id)[0];
    if (item) holdStill(() => this.#insert(this.list, item));
    const shown = document.getElementById(id);
    if (shown) uncover(shown);
    return shown;
  }

  #place(entry, after, reveal) {
    if (this.stream === VERDICTS) return this.#listed(entry);
    if (/^comment-\d+$/.test(entry.target)) return this.#comment(entry, after, reveal);
    if (/^more-\d+$/.test(entry.target)) return this.#more(entry);
    // What only a page made for this reader shows is another thing now: who can fetch it is told to.
    if (entry.target === "own") {
      document.dispatchEvent(new CustomEvent("reader:own"));
      return DONE;
    }
    // A moderator's card: the pages of queues place it themselves, and elsewhere only the counts are shown.
    if (/^case-/.test(entry.target)) return DONE;
    // The button of a comment that isn't here, or was removed meanwhile, is nobody's business.
    const isButton = /^recommend-\d+$/.test(entry.target);
    const shown = isButton ? this.find(entry.target) : document.getElementById(entry.target);
    if (!shown) return isButton ? DONE : RESET;
    if (entry.html === null) return FETCH;
    return this.#swap(shown, entry);
  }

  // Lists are told of all claims. What they don't show is nobody's business, unless it may belong there by now.
  #listed(entry) {
    if (entry.target === PAGE) return RESET;
    const shown = document.getElementById(entry.target);
    if (shown && entry.html !== null) return this.#swap(shown, entry);
    return shown || isListed(entry.target, this.section) ? RESET : DONE;
  }

  #swap(shown, entry) {
    const fresh = parse(entry);
    if (!fresh) return RESET;
    this.#replace(shown, fresh);
    const comment = fresh.closest(".comment");
    if (comment) decorate(comment);
    if (entry.target.startsWith("mark-")) restate(fresh);
    return DONE;
  }

  // Puts a newer version of a part in its place. The head of the thread may shrink: nothing stands below it yet.
  #replace(shown, fresh) {
    if (!this.steady || shown.id === "thread-head") return swap(shown, fresh);
    // What is said of a discussion hides or shows the form beside it as well.
    if (shown.id === "thread-state")
      return keepRoom(fresh, document.getElementById("thread-head"), () => swap(shown, fresh));
    // A marked sentence is as long as before, but its card may be open.
    const part = (element) => (element.matches(".claim") ? element.querySelector(".card-body") : element);
    const change = () => {
      swap(shown, fresh);
      return part(fresh);
    };
    keepSteady(part(shown), change, () => "Show the change");
  }

  #comment(entry, after, reveal) {
    const shown = this.find(entry.target);
    if (!shown) return entry.parent === THREAD ? this.#arrival(entry, after, reveal) : this.#reply(entry);
    if (entry.html === null) return FETCH;
    const fresh = parse(entry);
    if (!fresh) return RESET;
    // The page was made after this event, and may know more than this.
    if (Number(shown.dataset.seq) > Number(fresh.dataset.seq)) return DONE;
    if (isHidden(fresh) && card(shown).matches(".own")) {
      // Its author still sees what it says; only a page made for them shows how.
      if (!isWaiting(shown)) return RESET;
      shown.dataset.seq = fresh.dataset.seq;
      return DONE;
    }
    shown.dataset.seq = fresh.dataset.seq;
    this.#replace(card(shown), card(fresh)); // its replies stay as they are
    if (order(shown) !== order(fresh)) {
      // Its author saw it while it was held; now it has a number among the replies.
      shown.dataset.order = fresh.dataset.order;
      this.#insert(shown.parentElement, shown);
    }
    return DONE;
  }

  #arrival(entry, after, reveal) {
    const list = this.list;
    if (!list) return RESET;
    const where = this.order.whereabouts(list, entry.order);
    if (where === ELSEWHERE) return DONE;
    const own = this.own.has(entry.target);
    const isNew = where === ARRIVAL;
    const { liveClaim } = this.section.dataset;
    if (entry.html === null) {
      // What it is about can't be told yet.
      if (own || reveal || !isNew || liveClaim) return FETCH;
      if (!this.waiting.owed.has(entry.target)) this.arrived += 1;
      this.waiting.owe(entry.target, after);
      return DONE;
    }
    const item = parse(entry);
    if (!item) return RESET;
    if (liveClaim && item.dataset.claim !== liveClaim) return DONE;
    if (!own && !this.waiting.owed.has(entry.target)) this.arrived += 1;
    if (own || reveal || !isNew || (this.waiting.size === 0 && this.#isAtTop())) {
      this.waiting.settle(entry.target);
      this.#insert(list, item);
    } else {
      this.waiting.add(item);
    }
    return DONE;
  }

  #reply(entry) {
    const parent = this.find(entry.parent);
    // It stands on another page of the thread, behind a link, or with a parent that waits to be fetched.
    if (!parent) return DONE;
    const list = parent.querySelector(":scope > .replies");
    if (!list) return RESET;
    const own = this.own.has(entry.target);
    if (!own && isFolded(entry, parent, list)) return DONE;
    if (entry.html === null) return FETCH;
    const item = parse(entry);
    if (!item) return RESET;
    if (!own && parent.isConnected) this.arrived += 1;
    if (own || !this.steady) this.#insert(list, item);
    else keepSteady(list, () => this.#insert(list, item), replies);
    if (own) uncover(item);
    return DONE;
  }

  // The link to replies that are not on the page. Where there is none they all are, and what comes is simply placed.
  #more(entry) {
    const id = entry.target.replace("more-", "");
    const comment = this.find(`comment-${id}`);
    if (!comment) return DONE;
    const shown = moreOf(comment);
    // The branch was opened in part: only the server knows how many are left behind what is shown here.
    if (shown?.querySelector("a").search) return RESET;
    if (entry.html === null) return FETCH;
    if (shown) return this.#swap(shown, entry);
    const fresh = parse(entry);
    if (!fresh) return RESET;
    if (!fresh.hidden) this.opened.add(id);
    return DONE;
  }

  // Whoever reads further down, or writes, must not have the text move away under the eyes.
  #isAtTop() {
    const list = this.list;
    if (!list.firstElementChild) return true;
    if (this.order.ascending) return false;
    return list.getBoundingClientRect().top >= 0 && !list.contains(document.activeElement);
  }

  #insert(list, item) {
    const place = list.id === THREAD ? this.order.next(list, item) : nextReply(list, item);
    if (document.body.contains(list)) item.classList.add("arrived");
    list.insertBefore(item, place ?? null);
    return list;
  }
}

function replies(count) {
  return `${count} new ${count === 1 ? "reply" : "replies"}`;
}

// The element of a document that follows the stream.
export function sectionOf(page, stream) {
  return page.querySelector(`[data-live-stream="${CSS.escape(stream)}"]`);
}

// Whether the target is of the kind that the section lists, by other rules than its own, or is named there.
function isListed(target, section) {
  const [kind] = target.split("-");
  if (section.dataset.liveLists === (kind === "claim" ? "claims" : kind)) return true;
  return Boolean(section.querySelector(`[data-claim="${CSS.escape(target.replace("claim-", ""))}"]`));
}

function isFolded(entry, parent, list) {
  const first = list.firstElementChild;
  const more = moreOf(parent);
  if (first && entry.order < order(first) && parent.querySelector(":scope > .more-before")) return true;
  if (!more || (first && entry.order < order(list.lastElementChild))) return false;
  return Boolean(more.querySelector("a").search) || list.childElementCount >= Number(more.dataset.shown);
}

// Further words of the body that the same claim stands behind: links without a card.
function restate(mark) {
  const claim = mark.id.replace("mark-", "claim-");
  for (const again of document.querySelectorAll(`a.claim-again[href="#${CSS.escape(claim)}"]`)) {
    again.dataset.verdict = mark.dataset.verdict;
  }
}

function card(item) {
  return item.querySelector(":scope > .comment-card");
}

// Whether others see only that it waits for a moderator.
function isHidden(item) {
  return card(item).matches(".tombstone[data-state=held]");
}

// Whether this is how its author sees a comment that waits for a moderator.
function isWaiting(item) {
  return Boolean(card(item).querySelector(":scope > .comment-held"));
}

// Replies stand in the order in which they were given, in every order of the thread.
function nextReply(list, item) {
  return [...list.children].find((each) => each !== item && order(each) > order(item));
}

function order(item) {
  return Number(item?.dataset.order);
}

// The element that an entry brings, with what is mine of it; null if it isn't what the entry says. A template runs no
// scripts.
function parse(entry) {
  const template = document.createElement("template");
  template.innerHTML = entry.html;
  const [element, ...others] = template.content.children;
  if (element?.id !== entry.target || others.length > 0) return null;
  const made = document.importNode(element, true);
  decorate(made);
  return made;
}
