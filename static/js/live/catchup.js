// Follows one stream by its numbers. `seen` is the number of the last event that the page shows: a batch from there
// on is applied, an older one dropped, a gap fetched. Pushes only bring it sooner; what is right is decided here.
import { DONE, RESET } from "./apply.js";

const SOON = 500;
const LATEST = 30_000;
const MAX_HELD = 100;

export class Follower {
  // `page` applies entries; `fetchEvents(stream, after)` asks the server; `refetch()` replaces the page and gives its
  // number; `tell(ok)` hears whether asking works.
  constructor({ stream, seen, page, fetchEvents, refetch, tell = () => {} }) {
    Object.assign(this, { stream, seen, page, fetchEvents, refetch, tell });
    this.busy = null; // the fetch under way
    this.next = null; // the one after it, if somebody asked
    this.owed = null; // the number from which on it is to fetch, where that is not `seen`
    this.held = []; // batches that came meanwhile
    this.failures = 0;
    this.timer = null;
    this.gone = false; // the stream can't be followed any more
  }

  // A batch was pushed.
  receive(batch) {
    if (batch.stream !== this.stream || this.gone) return;
    // Of too many that wait the first are dropped: the gap will be fetched.
    if (this.busy) this.held = [...this.held, batch].slice(-MAX_HELD);
    else this.#take(batch);
  }

  // The server says how far the stream has come; other than `seen`, one of the two has missed something.
  compare(head) {
    if (head !== this.seen && !this.busy) this.catchUp();
  }

  // Fetches what is missing; with `after`, what is owed since that number too, and then nothing waits. One fetch at a
  // time: all who ask during one share the next.
  catchUp({ after = null } = {}) {
    if (after !== null) this.owed = Math.min(after, this.owed ?? after);
    if (!this.busy) return this.#start();
    this.next ??= this.busy.then(() => {
      this.next = null;
      return this.catchUp();
    });
    return this.next;
  }

  // Shows a fresh page, whatever the numbers say.
  async refresh() {
    await this.busy;
    if (this.busy) return this.refresh();
    this.busy = this.#fetchPage();
    return this.busy;
  }

  #start() {
    clearTimeout(this.timer);
    const owed = this.owed;
    this.owed = null;
    this.busy = this.#fetch(owed);
    return this.busy;
  }

  async #fetch(owed) {
    try {
      const after = owed ?? this.seen;
      const answer = await this.fetchEvents(this.stream, after);
      const outcome = answer.reset ? RESET : this.page.apply(answer.events, { after, reveal: owed !== null });
      if (outcome === DONE) this.seen = Math.max(this.seen, answer.head);
      else this.seen = await this.refetch();
      this.tell(true);
      // A page kept on the way here may be older than the news.
      if (this.seen < answer.head) this.#again();
      else this.failures = 0;
    } catch (fault) {
      this.owed ??= owed;
      this.gone = fault.status === 404;
      this.#again();
      this.tell(false);
    }
    this.#rest();
  }

  async #fetchPage() {
    try {
      this.seen = await this.refetch();
    } catch {
      this.#again();
    }
    this.#rest();
  }

  #rest() {
    this.busy = null;
    for (const batch of this.held.splice(0)) this.receive(batch);
  }

  #take(batch) {
    if (batch.to <= this.seen) return;
    if (batch.from > this.seen || this.page.apply(batch.events, { after: batch.from }) !== DONE)
      this.catchUp();
    else this.seen = batch.to;
  }

  // Later each time, and never together with everybody else.
  #again() {
    if (this.gone) return;
    const pause = Math.min(SOON * 2 ** this.failures, LATEST);
    this.failures += 1;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.catchUp(), pause * (0.5 + Math.random()));
  }
}
