// Brings the whole page up to date where single changes can't: fetches it anew, with what is shown of the thread, and
// morphs the one on the screen into it, around what the reader is typing.
import { Idiomorph } from "../../vendor/idiomorph/idiomorph.js";
import { decorate, refresh } from "../comments/mine.js";
import { IN_MAIN, sectionOf } from "./apply.js";
import { fetchPage } from "./net.js";
import { releaseAll } from "./steady.js";
import { holdStill } from "./still.js";
import { swap } from "./swap.js";
import { retitle } from "./title.js";
import { showWatching } from "./watching.js";

// Replaces the page's content, or, where it is about something else, what follows the stream; the number of the last
// event that this now shows.
export async function reset(page) {
  const fresh = await fetchPage(addressOf(page));
  const section = sectionOf(fresh, page.stream);
  if (!section) throw new Error("another page came back");
  if (section !== fresh.querySelector(IN_MAIN))
    holdStill(() => swap(page.section, document.importNode(section, true)));
  else
    holdStill(() => {
      releaseAll();
      morph(fresh);
      refresh();
      showWatching();
      page.waiting.clear();
      page.waiting.settleIn(page.section.querySelector(".pill"));
    });
  return Number(section.dataset.liveSeq);
}

// The address of this page as it has become: as long as the comments on it, with the branches open that arrivals made
// longer than a fresh page shows them.
export function addressOf(page) {
  const query = new URLSearchParams(location.search);
  const comments = [...(page.list?.children ?? [])].map((item) => item.dataset.order);
  if (comments.length && page.order.sort === "recommended") {
    nameAll(query, comments, page);
  } else if (comments.length) query.set("through", comments.at(-1));
  for (const id of opened(page)) query.append("branch", id);
  return `${location.pathname}?${query}`;
}

// The comments of which more replies are shown than a fresh page would: by arrivals, or because somebody asked.
function opened(page) {
  const asked = [...document.querySelectorAll(".comment[data-opened]")].map((each) => each.id);
  return new Set([...page.opened, ...asked.map((id) => id.replace("comment-", ""))]);
}

// A reply that is being written stands where it stood: below the comment that it answers, before its other replies.
function carryReplies(fresh) {
  for (const form of document.querySelectorAll("main .composer-reply")) {
    const comment = fresh.getElementById(form.closest(".comment").id);
    comment?.querySelector(":scope > .comment-card").after(fresh.importNode(form, true));
  }
}

// In the order of recommendations, which was that of another moment, the page is: these comments, what came since, and
// the next page where it was.
function nameAll(query, comments, { order, section }) {
  query.set("shown", comments.join("."));
  if (order.takesArrivals) query.set("beyond", order.newest);
  const next = section.querySelector('.thread-pages a[rel="next"]');
  if (next) query.set("through", new URL(next.href).searchParams.get("after"));
}

function morph(fresh) {
  carryReplies(fresh);
  // What is mine of it stays the same element, under the pointer and the focus.
  decorate(fresh);
  retitle(fresh.title);
  Idiomorph.morph(document.querySelector("main"), fresh.querySelector("main"), {
    callbacks: {
      // A form that somebody has begun to fill in stays as it is, wherever it stands. The library's ignoreActiveValue
      // would also keep all of <main>, which has the focus once its text was clicked.
      beforeNodeMorphed: (node) => !isBegun(node),
      beforeNodeRemoved: (node) => !holdsBegun(node),
      // What the reader has opened stays open.
      beforeAttributeUpdated: (name, node) =>
        name !== "data-opened" && !(name === "open" && node.tagName === "DETAILS"),
    },
  });
}

function isBegun(node) {
  return node.tagName === "FORM" && (node.contains(document.activeElement) || isFilled(node));
}

function holdsBegun(node) {
  return node.nodeType === Node.ELEMENT_NODE && [node, ...node.querySelectorAll("form")].some(isBegun);
}

// Whether another option is chosen than the page came with.
function isChosen({ options, selectedIndex }) {
  return (
    selectedIndex !==
    Math.max(
      0,
      [...options].findLastIndex((each) => each.defaultSelected),
    )
  );
}

function isFilled(form) {
  return [...form.elements].some((field) => {
    if (field.localName === "select") return isChosen(field);
    if (["checkbox", "radio"].includes(field.type)) return field.checked !== field.defaultChecked;
    return ["input", "textarea"].includes(field.localName) && field.value !== field.defaultValue;
  });
}
