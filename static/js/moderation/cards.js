// The cards of a queue: pure DOM, without network. Each carries the queues that it is in, with its key in each; by that it
// is placed here, or leaves. A card that leaves says first who did what.
import { DONE, FETCH } from "../live/apply.js";
import { swap } from "../live/swap.js";

const OWN = 350; // how long a card stays that one has decided oneself
const OTHERS = 2_500;

// Which queues a card is in, each with its key.
export function places(card) {
  const pairs = card.dataset.where.split(" ").filter(Boolean);
  return new Map(pairs.map((pair) => pair.split(":")).map(([queue, key]) => [queue, Number(key)]));
}

function parse(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return document.importNode(template.content.firstElementChild, true);
}

export class Cards {
  // `left(card)` hears of each card that goes, before it does; `wanted(ids)` of those that came without their html;
  // `changed()` once all is in its place.
  constructor(section, { left = () => {}, wanted = () => {}, changed = () => {} } = {}) {
    Object.assign(this, { section, left, wanted, changed });
    this.list = section.querySelector("#cases");
  }

  get all() {
    return [...this.list.children].filter((card) => !card.inert);
  }

  find(id) {
    return document.getElementById(`case-${id}`);
  }

  key(card) {
    return places(card).get(this.section.dataset.queue);
  }

  // What the stream tells.
  apply(entries) {
    const missing = [];
    for (const { target, html } of entries) {
      if (target === "queue-counts") {
        if (html === null) return FETCH;
        this.count(parse(html).dataset);
      } else if (html === null) missing.push(target.replace("case-", ""));
      else this.place(parse(html));
    }
    if (missing.length) this.wanted(missing);
    this.changed();
    return DONE;
  }

  count(counts) {
    for (const each of document.querySelectorAll("[data-count]")) {
      const number = Number(counts[each.dataset.count]);
      each.textContent = number >= 100 ? "99+" : number;
    }
  }

  // Put a card where it belongs, in the place of its older self; or let that go, where it belongs here no more.
  place(card, { wanted = this.#isWanted(card) } = {}) {
    const shown = document.getElementById(card.id);
    if (this.key(card) === undefined) {
      if (shown && !shown.inert) this.#leave(shown, card);
      return;
    }
    if (shown) {
      // Being decided at this moment: this is how it stood before.
      if (shown.matches("[inert], [data-deciding]") && shown.dataset.decision === card.dataset.decision)
        return;
      clearTimeout(Number(shown.dataset.timer));
      const [pick, before] = [card, shown].map((each) => each.querySelector("[name=pick]"));
      if (pick) pick.checked = before.checked;
      if (shown.hasAttribute("data-current")) card.setAttribute("data-current", "");
      const moves = this.key(card) !== this.key(shown);
      swap(shown, card);
      if (moves) this.#insert(card);
    } else if (wanted) this.#insert(card);
  }

  // What a fresh page shows is what there is: the rest goes.
  replace(fresh) {
    const kept = new Set();
    for (const card of fresh.querySelectorAll("#cases > li")) {
      kept.add(card.id);
      this.place(document.importNode(card, true), { wanted: true });
    }
    const last = fresh.querySelector("#cases > li:last-child");
    for (const card of this.all) {
      if (kept.has(card.id)) continue;
      if (card.hasAttribute("data-deciding")) continue;
      if (!last || !fresh.querySelector("a[rel=next]") || this.key(card) < this.key(last)) card.remove();
    }
    this.changed();
  }

  #leave(shown, card) {
    const own = card.dataset.actor === this.section.dataset.viewer;
    const line = document.createElement("p");
    line.className = "case-gone";
    line.textContent = (
      card.querySelector(".case-decision") ?? card.querySelector(".case-state")
    )?.textContent;
    shown.append(line);
    this.left(shown, own);
    shown.inert = true;
    shown.dataset.decision = card.dataset.decision;
    shown.dataset.timer = setTimeout(() => shown.remove(), own ? OWN : OTHERS);
  }

  #isWanted(card) {
    const { articles, author, first } = this.section.dataset;
    if (articles && !articles.split(" ").includes(card.dataset.article)) return false;
    if (author && author !== card.dataset.author) return false;
    const all = this.all;
    if (all.length === 0) return true;
    if (first !== "yes" && this.key(card) < this.key(all[0])) return false;
    return !(this.section.querySelector("a[rel=next]") && this.key(card) > this.key(all.at(-1)));
  }

  #insert(card) {
    const key = this.key(card);
    const after = [...this.list.children].find((each) => each !== card && this.key(each) > key);
    card.classList.add("arrived");
    this.list.insertBefore(card, after ?? null);
  }
}
