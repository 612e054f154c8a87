import assert from "node:assert/strict";
import { test } from "node:test";
import { DONE, FETCH, Page, RESET } from "../../../static/js/live/apply.js";
import { Waiting } from "../../../static/js/live/waiting.js";
import { here, show } from "../dom.js";

const STREAM = "article:1";

/** A comment as the server writes it. */
function comment(
  id,
  { order = id, seq = 1, text = `Text ${id}.`, replies = "", more = "", state = "", claim } = {},
) {
  const card = state
    ? `<div class="comment-card tombstone" data-state="${state}"></div>`
    : `<div class="comment-card" data-author="3"><p class="comment-text">${text}</p></div>`;
  const about = claim ? ` data-claim="${claim}"` : "";
  return (
    `<li id="comment-${id}" class="comment" data-order="${order}" data-seq="${seq}"${about}>${card}` +
    `<ol id="replies-${id}" class="replies">${replies}</ol>${more}</li>`
  );
}

const more = (id, { shown = 3, query = "", hidden = false } = {}) =>
  `<p id="more-${id}" class="more" data-shown="${shown}"${hidden ? " hidden" : ""}><a href="/comments/${id}${query}">More</a></p>`;

/** An entry of a push. */
const entry = (target, html, { parent = "thread", order = null } = {}) => ({ target, html, parent, order });
const posted = (id, options = {}) =>
  entry(`comment-${id}`, options.bare ? null : comment(id, options), {
    parent: options.under ?? "thread",
    order: options.order ?? id,
  });

/** An open page with these comments, whose reader is at its top or further down. */
function open(comments = "", { attributes = "", beside = "", further = false, stream = STREAM } = {}) {
  const document = show(
    `<main><article id="article">${beside}</article><section id="comments" data-live-stream="${stream}"` +
      ` data-live-seq="10" data-live-window="first" ${attributes}><div id="thread-head"></div><div class="pill" hidden></div>` +
      `<ol id="thread">${comments}</ol></section></main>`,
  );
  here().top = further ? -500 : 0;
  let heard = 0;
  const waiting = new Waiting(document.querySelector(".pill"), () => {});
  const page = new Page(stream, waiting, (count) => {
    heard += count;
  });
  return {
    page,
    waiting,
    heard: () => heard,
    get: (id) => document.getElementById(id),
    tops: () => [...document.getElementById("thread").children].map((each) => each.id),
    replies: (id) => [...document.getElementById(`replies-${id}`).children].map((each) => each.id),
    apply: (...entries) => page.apply(entries, { after: 10 }),
  };
}

test("a new comment is shown at the top, and heard of", () => {
  const { apply, tops, heard } = open(comment(1));
  assert.equal(apply(posted(2)), DONE);
  assert.deepEqual(tops(), ["comment-2", "comment-1"]);
  assert.equal(heard(), 1);
});

test("a new comment waits while somebody reads further down, and so do all after it", () => {
  const { apply, tops, waiting, page } = open(comment(1), { further: true });
  apply(posted(2));
  here().top = 0;
  apply(posted(3));
  assert.deepEqual(tops(), ["comment-1"]);
  assert.equal(waiting.size, 2);
  assert.equal(page.reveal().id, "comment-3");
  assert.deepEqual(tops(), ["comment-3", "comment-2", "comment-1"]);
});

test("the same comment a second time changes nothing", () => {
  const { apply, tops, heard } = open(comment(1), { further: true });
  assert.equal(apply(posted(2), posted(2)), DONE);
  assert.equal(apply(posted(1)), DONE);
  assert.deepEqual(tops(), ["comment-1"]);
  assert.equal(heard(), 1);
});

test("one's own comment is shown, wherever it would have waited", () => {
  const { apply, tops, page, waiting, heard } = open(comment(1), { further: true });
  apply(posted(2), posted(3));
  assert.equal(page.showOwn("comment-2").id, "comment-2");
  page.own.add("comment-4");
  apply(posted(4));
  assert.deepEqual(tops(), ["comment-4", "comment-2", "comment-1"]);
  assert.equal(waiting.size, 1);
  assert.equal(heard(), 2);
});

test("a new comment without its html is owed, and counted once when it comes", () => {
  const { apply, tops, waiting, heard } = open(comment(1));
  assert.equal(apply(posted(2, { bare: true })), DONE);
  assert.equal(apply(posted(2, { bare: true })), DONE);
  assert.deepEqual([waiting.size, waiting.after, heard()], [1, 10, 1]);
  apply(posted(2));
  assert.deepEqual([waiting.size, heard()], [1, 1]);
  assert.deepEqual(tops(), ["comment-1"]);
});

test("what must be shown now and came without its html is fetched", () => {
  const bare = posted(2, { bare: true });
  assert.equal(open(comment(1)).page.apply([bare], { after: 10, reveal: true }), FETCH);
  assert.equal(open(comment(5) + comment(1)).apply(bare), FETCH);
  const { page, apply } = open(comment(1));
  page.own.add("comment-2");
  assert.equal(apply(bare), FETCH);
  assert.equal(open(comment(1)).apply(entry("comment-1", null)), FETCH);
});

test("an entry that needs a fresh page outweighs one that is to be fetched", () => {
  const { apply } = open(comment(1));
  assert.equal(apply(entry("comment-1", null), entry("nowhere", "<p id=nowhere></p>")), RESET);
});

test("after an entry that needs a fresh page nothing more is put on this one", () => {
  const { apply, tops } = open(comment(1));
  assert.equal(apply(entry("nowhere", "<p id=nowhere></p>"), posted(2)), RESET);
  assert.deepEqual(tops(), ["comment-1"]);
});

test("a page that is newer than the entry keeps what it has", () => {
  const { apply, get } = open(comment(1, { seq: 8, text: "Newest." }));
  assert.equal(apply(entry("comment-1", comment(1, { seq: 7, text: "Older." }))), DONE);
  assert.match(get("comment-1").textContent, /Newest/);
  assert.equal(get("comment-1").dataset.seq, "8");
});

test("an edit replaces the card and leaves the replies alone", () => {
  const { apply, get } = open(comment(1, { replies: comment(2) }));
  const reply = get("comment-2");
  apply(entry("comment-1", comment(1, { seq: 2, text: "Better." })));
  assert.match(get("comment-1").querySelector(".comment-text").textContent, /Better/);
  assert.ok(get("comment-2") === reply);
});

test("a comment that waits is changed and answered as if it were on the page", () => {
  const { apply, page, get, replies } = open(comment(1), { further: true });
  apply(posted(2));
  apply(posted(3, { under: "comment-2" }), entry("comment-2", comment(2, { seq: 5, state: "deleted" })));
  page.reveal();
  assert.deepEqual(replies(2), ["comment-3"]);
  assert.ok(get("comment-2").querySelector(".tombstone"));
});

test("replies stand in their own order, whatever order they come in", () => {
  for (const coming of [
    [3, 4, 5],
    [5, 4, 3],
    [4, 5, 3],
  ]) {
    const { apply, replies } = open(comment(1));
    for (const id of coming) assert.equal(apply(posted(id, { under: "comment-1" })), DONE);
    assert.deepEqual(replies(1), ["comment-3", "comment-4", "comment-5"]);
  }
});

test("a reply to what isn't here is nobody's business", () => {
  const { apply, heard } = open(comment(1));
  assert.equal(
    apply(posted(9, { under: "comment-7" }), posted(10, { under: "comment-7", bare: true })),
    DONE,
  );
  assert.equal(heard(), 0);
});

test("a reply behind the link is not shown, unless it is one's own", () => {
  const full = comment(1, { replies: comment(2) + comment(3) + comment(4), more: more(1) });
  const { apply, page, replies } = open(full);
  assert.equal(apply(posted(5, { under: "comment-1", bare: true })), DONE);
  assert.deepEqual(replies(1), ["comment-2", "comment-3", "comment-4"]);
  page.own.add("comment-6");
  apply(posted(6, { under: "comment-1" }));
  assert.deepEqual(replies(1).at(-1), "comment-6");
});

test("a reply among those that are shown is shown, though the branch is full", () => {
  const full = comment(1, { replies: comment(2) + comment(4) + comment(6), more: more(1) });
  const { apply, replies } = open(full);
  apply(posted(3, { under: "comment-1" }));
  assert.deepEqual(replies(1), ["comment-2", "comment-3", "comment-4", "comment-6"]);
});

test("a reply before the first that is shown is behind the link back, where there is one", () => {
  const before = '<p class="more more-before"><a href="/comments/1">Earlier</a></p>';
  const { apply, replies } = open(comment(1, { replies: comment(5), more: before }));
  assert.equal(apply(posted(3, { under: "comment-1" })), DONE);
  assert.deepEqual(replies(1), ["comment-5"]);
});

test("the link to more replies is renewed, or remembered where all are shown", () => {
  const { apply, get, page } = open(comment(1, { more: more(1, { shown: 3 }) }) + comment(2));
  apply(entry("more-1", more(1, { shown: 4 })), entry("more-2", more(2)), entry("more-9", more(9)));
  assert.equal(get("more-1").dataset.shown, "4");
  assert.ok(!get("more-2"));
  assert.deepEqual([...page.opened], ["2"]);
});

test("a hidden link to more replies opens nothing", () => {
  const { apply, page } = open(comment(2));
  apply(entry("more-2", more(2, { hidden: true })));
  assert.equal(page.opened.size, 0);
});

test("only the server knows what a branch that was opened in part leaves out", () => {
  const part = comment(1, { more: more(1, { query: "?after=4" }) });
  assert.equal(open(part).apply(entry("more-1", more(1))), RESET);
});

test("an author still sees what was held, and is shown how by a page of their own", () => {
  const { apply, get } = open(comment(1));
  get("comment-1").querySelector(".comment-card").classList.add("own");
  const hidden = entry("comment-1", comment(1, { seq: 3, state: "held" }));
  assert.equal(apply(hidden), RESET);
  get("comment-1").querySelector(".comment-card").innerHTML = '<p class="comment-held">It waits.</p>';
  assert.equal(apply(hidden), DONE);
  assert.equal(get("comment-1").dataset.seq, "3");
  assert.ok(!get("comment-1").querySelector(".tombstone"));
});

test("a held reply that is approved takes the place that it has now", () => {
  const { apply, replies } = open(
    comment(1, { replies: comment(2, { order: 2 }) + comment(3, { order: 3 }) }),
  );
  apply(entry("comment-2", comment(2, { order: 5, seq: 2 }), { parent: "comment-1", order: 5 }));
  assert.deepEqual(replies(1), ["comment-3", "comment-2"]);
});

test("a page about one claim takes only what is about it", () => {
  const { apply, tops } = open(comment(1), { attributes: 'data-live-claim="length"' });
  assert.equal(apply(posted(2, { claim: "cost" }), posted(3, { claim: "length" })), DONE);
  assert.deepEqual(tops(), ["comment-3", "comment-1"]);
  assert.equal(apply(posted(4, { bare: true })), FETCH);
});

test("html that isn't the element it is said to be is never put on the page", () => {
  const { apply, tops } = open(comment(1));
  for (const html of ["", comment(9), comment(2) + comment(3), "<p>no id</p>"])
    assert.equal(apply(entry("comment-2", html, { order: 2 })), RESET);
  assert.deepEqual(tops(), ["comment-1"]);
});

test("what is said of a marked sentence is said wherever it stands", () => {
  const again = '<a class="claim-again" href="#claim-length" data-verdict="verified"></a>';
  const other = '<a class="claim-again" href="#claim-cost" data-verdict="verified"></a>';
  const beside = `<span id="mark-length" data-verdict="verified"></span>${again}${other}${again}`;
  const { apply } = open("", { beside });
  apply(entry("mark-length", '<span id="mark-length" data-verdict="false"></span>'));
  const verdicts = [...document.querySelectorAll("[data-verdict]")].map((each) => each.dataset.verdict);
  assert.deepEqual(verdicts, ["false", "false", "verified", "false"]);
});

test("the button of a comment that isn't here is nobody's business, anything else needs a fresh page", () => {
  const { apply } = open(comment(1));
  assert.equal(apply(entry("recommend-7", "<button id=recommend-7></button>")), DONE);
  assert.equal(apply(entry("case-7", "<li id=case-7></li>")), DONE);
  assert.equal(apply(entry("corrections", "<p id=corrections></p>")), RESET);
});

test("who can fetch a page of their own is told that it is another", () => {
  const { apply } = open(comment(1));
  let told = 0;
  document.addEventListener("reader:own", () => {
    told += 1;
  });
  assert.equal(apply(entry("own", null)), DONE);
  assert.equal(told, 1);
});

test("lists pass over claims that they don't show, and ask for a page where one may belong", () => {
  const list = (attributes, body = "") => {
    show(`<main data-live-stream="verdicts" data-live-seq="1" ${attributes}>${body}</main>`);
    return new Page("verdicts", new Waiting(null, () => {}));
  };
  const claim = entry("claim-length", "<li id=claim-length>New</li>");
  const apply = (page, each) => page.apply([each], { after: 1 });
  assert.equal(apply(list(""), claim), DONE);
  assert.equal(apply(list('data-live-lists="articles"'), claim), DONE);
  assert.equal(apply(list('data-live-lists="claims"'), claim), RESET);
  assert.equal(apply(list("", '<p data-claim="length"></p>'), claim), RESET);
  assert.equal(apply(list("", '<p data-claim="length-2"></p>'), claim), DONE);
  assert.equal(apply(list(""), entry("article", "<p id=article></p>")), RESET);
  const shown = list("", '<li id="claim-length">Old</li>');
  assert.equal(apply(shown, { ...claim, html: null }), RESET);
  assert.equal(apply(shown, claim), DONE);
  assert.equal(document.getElementById("claim-length").textContent, "New");
});

/** Every order of some things. */
function* orders(things) {
  if (things.length < 2) yield things;
  for (const [index, first] of things.entries())
    for (const rest of orders(things.toSpliced(index, 1))) yield [first, ...rest];
}

test("a page ends the same in whatever order news of the same comments come", () => {
  const news = [
    posted(5),
    posted(3, { under: "comment-1" }),
    posted(4, { under: "comment-1" }),
    entry("comment-1", comment(1, { seq: 9, text: "Edited." })),
    entry("comment-1", comment(1, { seq: 7, text: "Edited before." })),
  ];
  const ends = new Set();
  for (const coming of orders(news)) {
    const { page, get } = open(comment(1), { further: coming[0] === news[0] });
    for (const each of coming) assert.equal(page.apply([each], { after: 10 }), DONE);
    page.reveal();
    ends.add(get("thread").outerHTML);
  }
  assert.equal(ends.size, 1, [...ends].slice(0, 2).join("\n"));
});
