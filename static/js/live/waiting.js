// New comments that wait until the reader asks for them, and the pill that says how many there are.

export class Waiting {
  // `pill` is the element on the page, `show` what to do when it is pressed.
  constructor(pill, show) {
    this.items = document.createElement("ol"); // not on the page, but replies and removals find their way
    this.owed = new Set(); // those that came without their html
    this.after = null; // the number after which the owed ones can be fetched
    this.button = document.createElement("button");
    this.button.type = "button";
    this.button.addEventListener("click", show);
    this.settleIn(pill);
  }

  // The pill on the page is this one now.
  settleIn(pill) {
    this.pill = pill;
    pill?.replaceChildren(this.button);
    this.#count();
  }

  get size() {
    return this.items.childElementCount + this.owed.size;
  }

  find(id) {
    return this.items.querySelector(`[id="${CSS.escape(id)}"]`);
  }

  add(item) {
    this.owed.delete(item.id);
    this.items.prepend(item);
    this.#count();
  }

  owe(id, after) {
    this.owed.add(id);
    this.after = Math.min(after, this.after ?? after);
    this.#count();
  }

  // A comment that was owed is on the page.
  settle(id) {
    if (this.owed.delete(id)) this.#count();
  }

  // Gives away all that wait, newest first, or the one with this id.
  take(id = null) {
    const taken = [...this.items.children].filter((item) => id === null || item.id === id);
    for (const item of taken) item.remove();
    this.#count();
    return taken;
  }

  // The page is a fresh one: it shows them all.
  clear() {
    this.items.replaceChildren();
    this.owed.clear();
    this.#count();
  }

  #count() {
    if (this.owed.size === 0) this.after = null;
    if (!this.pill) return;
    this.pill.hidden = this.size === 0;
    this.button.textContent = `Show ${this.size} new ${this.size === 1 ? "comment" : "comments"}`;
  }
}
