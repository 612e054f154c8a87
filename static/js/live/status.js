// Two quiet lines at the end of the page: one that is seen when the connection is lost, one that is only heard.
const PATIENCE = 4_000; // a short loss is nobody's business
const FAREWELL = 4_000;
const GATHER = 1_000;

function line(className) {
  const element = document.createElement("p");
  element.className = className;
  element.setAttribute("role", "status");
  document.body.append(element);
  return element;
}

export class Status {
  constructor() {
    this.seen = line("live-status");
    this.heard = line("visually-hidden");
    this.seen.hidden = true;
    this.lost = false;
    this.count = 0;
  }

  // Whether changes reach the page by themselves.
  connected(ok) {
    if (ok !== this.lost) return;
    this.lost = !ok;
    clearTimeout(this.timer);
    if (this.lost)
      this.timer = setTimeout(
        () => this.#say("Connection lost. Looking for it; what is new may be late."),
        PATIENCE,
      );
    else if (!this.seen.hidden) {
      this.#say("Connected again.");
      this.timer = setTimeout(() => (this.seen.hidden = true), FAREWELL);
    }
  }

  // Comments of others arrived; several at a time are one announcement.
  arrived(count) {
    this.count += count;
    clearTimeout(this.gathering);
    this.gathering = setTimeout(() => {
      this.heard.textContent = `${this.count} new ${this.count === 1 ? "comment" : "comments"}`;
      this.count = 0;
    }, GATHER);
  }

  #say(text) {
    this.seen.hidden = false;
    this.seen.textContent = text;
  }
}
