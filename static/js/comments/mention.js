// Completing a name after "@": those who take part in the thread first. The text field keeps the focus; the list is
// told of by aria-activedescendant.
import { isComposing } from "../typing.js";

const PAUSE = 150;
const PART = /(?:^|[^\p{L}\p{M}\p{N}@/])@([\p{L}\p{N}][\p{L}\p{M}\p{N}_.-]*)$/u;

const list = document.createElement("ul");
list.id = "mention-list";
list.className = "mention-list";
list.setAttribute("role", "listbox");
list.setAttribute("aria-label", "People");
let field = null;
let timer = null;
let asked = 0;

function close() {
  clearTimeout(timer);
  asked += 1;
  list.remove();
  field?.removeAttribute("aria-activedescendant");
  field?.removeAttribute("aria-controls");
  field = null;
}

/** @param {HTMLTextAreaElement} body @returns {string | undefined} what of a name stands before the caret */
function partAt(body) {
  return PART.exec(body.value.slice(Math.max(0, body.selectionStart - 60), body.selectionStart))?.[1];
}

/** @param {number} index */
function choose(index) {
  const options = [...list.children];
  const chosen = options.at(index % options.length);
  for (const each of options) each.setAttribute("aria-selected", String(each === chosen));
  field.setAttribute("aria-activedescendant", chosen.id);
}

function current() {
  return list.querySelector('[aria-selected="true"]');
}

/** Put the chosen name in the place of what was typed of it. */
function complete(name) {
  const body = field;
  const part = partAt(body) ?? "";
  if (body.readOnly) return;
  body.setRangeText(`${name} `, body.selectionStart - part.length, body.selectionStart, "end");
  close();
  body.dispatchEvent(new Event("input", { bubbles: true }));
}

/** @param {HTMLTextAreaElement} body @param {string[]} names */
function show(body, names) {
  field = body;
  list.replaceChildren(
    ...names.map((name, index) => {
      const option = document.createElement("li");
      option.id = `mention-${index}`;
      option.setAttribute("role", "option");
      option.textContent = name;
      return option;
    }),
  );
  body.after(list);
  body.setAttribute("aria-autocomplete", "list");
  body.setAttribute("aria-haspopup", "listbox");
  body.setAttribute("aria-controls", list.id);
  choose(0);
}

/** @param {HTMLTextAreaElement} body @param {string} part */
async function ask(body, part) {
  asked += 1;
  const mine = asked;
  const address = new URL("/comments/names", location.href);
  address.searchParams.set("q", part);
  const thread = document.querySelector("[data-live-stream^='article:']")?.dataset.liveStream;
  if (thread) address.searchParams.set("article", thread.replace("article:", ""));
  const response = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
  // Whatever else answers names nobody.
  const names = (response?.ok && (await response.json().catch(() => null))?.names) || [];
  if (mine !== asked) return;
  if (names.length && partAt(body) === part) show(body, names);
  else close();
}

function typed(body) {
  clearTimeout(timer);
  const part = partAt(body);
  if (part) timer = setTimeout(() => ask(body, part), PAUSE);
  else close();
}

function pressed(event) {
  if (!list.isConnected || event.target !== field || isComposing(event)) return;
  const at = [...list.children].indexOf(current());
  if (event.key === "ArrowDown") choose(at + 1);
  else if (event.key === "ArrowUp") choose(at - 1);
  else if (event.key === "Enter" || event.key === "Tab") complete(current().textContent);
  else if (event.key === "Escape") close();
  else return;
  event.preventDefault();
  event.stopPropagation();
}

/** Complete names in every composer. */
export function watchMentions() {
  document.addEventListener("input", ({ target }) => {
    if (target.matches("[data-composer] textarea")) typed(target);
  });
  // Before the composer and the dialog hear of the key.
  document.addEventListener("keydown", pressed, { capture: true });
  document.addEventListener("focusout", ({ target }) => target === field && close());
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) complete(option.textContent);
  });
}
