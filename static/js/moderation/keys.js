// Single keys, where nobody types and no dialog is open.
import { isComposing } from "../typing.js";

const SAME = { q: "n", z: "u" };

/** @param {Record<string, () => void>} actions by key */
export function watchKeys(actions) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isComposing(event)) return;
    if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
    const action = actions[SAME[event.key] ?? event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
