// One stream that a part of the page follows: by socket once it is joined, till then by asking from time to time.
import { Page } from "./apply.js";
import { Follower } from "./catchup.js";
import { fetchEvents } from "./net.js";
import { Waiting } from "./waiting.js";

const POLL = 5_000;

export function later(fn, milliseconds) {
  return setTimeout(fn, milliseconds * (0.5 + Math.random()));
}

export class Channel {
  // `section` is the part of the page, `heard` is told how many comments arrived, `changed` that `fine` may have.
  constructor(section, { heard = () => {}, changed = () => {} } = {}) {
    this.stream = section.dataset.liveStream;
    this.waiting = new Waiting(section.querySelector(".pill"), () => this.show());
    this.page = new Page(this.stream, this.waiting, heard);
    this.follower = new Follower({
      stream: this.stream,
      seen: Number(section.dataset.liveSeq),
      page: this.page,
      fetchEvents,
      refetch: async () => (await import("./reset.js")).reset(this.page),
      tell: (ok) => this.#know({ asked: ok }),
    });
    this.changed = changed;
    this.joined = false;
    this.asked = true; // whether asking worked the last time
    this.polling = null;
  }

  // Whether changes reach the page by themselves, or never will.
  get fine() {
    return this.follower.gone || (this.joined && this.asked);
  }

  // What the server said to the wish to join.
  entered({ head, error }) {
    // It may not be followed (an article that only its editors see yet); asking says so for good.
    if (error) {
      this.follower.catchUp();
      return;
    }
    clearTimeout(this.polling);
    this.polling = null;
    this.#know({ joined: true, asked: true });
    // A page newer than the worker's news is nothing wrong: what it has is still on its way there.
    if (head > this.follower.seen) this.follower.catchUp();
  }

  // Not joined, for whatever reason: the same news, only later.
  down() {
    this.joined = false;
    if (this.follower.gone) return;
    this.changed();
    this.#poll();
  }

  // The pill was pressed.
  async show() {
    if (this.waiting.owed.size) await this.follower.catchUp({ after: this.waiting.after });
    const first = this.page.reveal() ?? this.page.list.firstElementChild;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    if (this.page.order.ascending) first.scrollIntoView();
    else document.getElementById("thread-head").scrollIntoView();
  }

  // The visitor's own comment is shown at once, by everyone's way.
  async showOwn({ id, seq }) {
    const target = `comment-${id}`;
    // It has no place in the thread (any more): only a page made for its author shows how it stands.
    if (seq === 0) {
      await this.follower.refresh();
      document.getElementById(target)?.scrollIntoView({ block: "nearest" });
      return;
    }
    this.page.own.add(target);
    // (On a claim's page the number is another stream's.)
    if (this.follower.seen < seq || !this.page.find(target)) await this.follower.catchUp();
    if (this.waiting.owed.has(target)) await this.follower.catchUp({ after: this.waiting.after });
    const item = this.page.showOwn(target);
    if (item) item.scrollIntoView({ block: "nearest" });
    else location.assign(`/comments/${id}`); // it stands on another page of the thread
  }

  #poll() {
    this.polling ??= later(async () => {
      this.polling = null;
      // After a failure the follower asks again by itself, more and more rarely.
      if (this.follower.failures === 0) await this.follower.catchUp();
      if (!this.joined && !this.follower.gone) this.#poll();
    }, POLL);
  }

  #know(news) {
    Object.assign(this, news);
    this.changed();
  }
}
