import assert from "node:assert/strict";
import { test } from "node:test";
import { AMONG, ARRIVAL, ELSEWHERE, Order } from "../../../static/js/live/order.js";
import { show } from "../dom.js";

/** A part of a thread with these comments. */
function thread(orders, { sort, window = "first", newest, link = "" } = {}) {
  const items = orders.map((each) => `<li id="comment-${each}" data-order="${each}"></li>`).join("");
  const document = show(`<section><ol id="thread">${items}</ol>${link}</section>`);
  const section = document.querySelector("section");
  section.dataset.liveWindow = window;
  if (sort) section.dataset.liveSort = sort;
  if (newest !== undefined) section.dataset.liveNewest = newest;
  return { order: new Order(section), list: document.getElementById("thread") };
}

const pages = (rel) => `<nav class="thread-pages"><a rel="${rel}" href="?after=1"></a></nav>`;

/** Where each of these comments belongs. */
function places({ order, list }, ...orders) {
  return orders.map((each) => order.whereabouts(list, each));
}

test("the newest comment arrives where the newest come first", () => {
  assert.deepEqual(places(thread([9, 7, 4]), 10, 8, 2), [ARRIVAL, AMONG, AMONG]);
});

test("a comment older than the page belongs to the next page, if there is one", () => {
  assert.deepEqual(places(thread([9, 7, 4], { link: pages("next") }), 3, 5), [ELSEWHERE, AMONG]);
  assert.deepEqual(places(thread([9, 7, 4], { link: pages("prev") }), 3), [AMONG]);
});

test("an older page takes no arrivals", () => {
  const older = thread([9, 7, 4], { window: "older", link: pages("next") });
  assert.deepEqual(places(older, 10, 8, 3), [ELSEWHERE, AMONG, ELSEWHERE]);
});

test("an empty thread takes the first comment, and an empty older page none", () => {
  assert.deepEqual(places(thread([]), 1), [ARRIVAL]);
  assert.deepEqual(places(thread([], { window: "older" }), 1), [ELSEWHERE]);
});

test("comments arrive at the end where the oldest come first", () => {
  const oldest = { sort: "oldest", link: pages("prev") };
  assert.deepEqual(places(thread([4, 7, 9], oldest), 10, 8, 3), [ARRIVAL, AMONG, ELSEWHERE]);
  assert.deepEqual(places(thread([4, 7, 9], { ...oldest, window: "older" }), 10, 8), [ELSEWHERE, AMONG]);
});

test("by recommendations only what is newer than the page arrives", () => {
  const page = { sort: "recommended", newest: 9 };
  assert.deepEqual(places(thread([4, 9, 7], page), 10, 8, 9), [ARRIVAL, ELSEWHERE, ELSEWHERE]);
  assert.deepEqual(places(thread([4, 7], { ...page, window: "older" }), 10), [ELSEWHERE]);
});

/** The order on the page after these have come, one after the other. */
function afterInserting({ order, list }, ...orders) {
  for (const each of orders) {
    const item = document.createElement("li");
    item.dataset.order = each;
    list.insertBefore(item, order.next(list, item) ?? null);
  }
  return [...list.children].map((item) => Number(item.dataset.order));
}

test("comments stand in the page's order, whatever order they come in", () => {
  for (const coming of [
    [8, 10, 5],
    [10, 5, 8],
    [5, 8, 10],
  ]) {
    assert.deepEqual(afterInserting(thread([9, 7, 4]), ...coming), [10, 9, 8, 7, 5, 4]);
    assert.deepEqual(afterInserting(thread([4, 7, 9], { sort: "oldest" }), ...coming), [4, 5, 7, 8, 9, 10]);
  }
});

test("by recommendations arrivals stand above the rest, newest first", () => {
  for (const coming of [
    [11, 10, 12],
    [12, 11, 10],
    [10, 12, 11],
  ]) {
    const page = thread([4, 9, 7], { sort: "recommended", newest: 9 });
    assert.deepEqual(afterInserting(page, ...coming), [12, 11, 10, 4, 9, 7]);
  }
});

test("a comment that stands on the page already is not its own neighbour", () => {
  const { order, list } = thread([9, 7, 4]);
  assert.equal(order.next(list, list.firstElementChild).id, "comment-7");
  assert.equal(order.next(list, list.lastElementChild)?.id, undefined);
  const recommended = thread([4, 9, 7], { sort: "recommended", newest: 9 });
  assert.equal(recommended.order.next(recommended.list, recommended.list.firstElementChild).id, "comment-9");
});
