// The cards of checked sentences. Without this script each opens by its sentence, which is a <summary>. On wide screens
// all cards stand open in the margin: there, a click lights the card and closes nothing. Selecting words opens nothing.
const wide = matchMedia("(width >= 68.75rem)");

function showAll() {
  for (const card of document.querySelectorAll(".card")) card.open = wide.matches;
}

/** @param {Element} summary @returns {boolean} whether the click is the end of selecting words of the sentence */
function isSelecting(summary, { detail }) {
  const selection = getSelection();
  return detail === 1 && !selection.isCollapsed && selection.containsNode(summary, true);
}

/** Open a card by its sentence, or light it where it is open anyway. */
export function watchCards() {
  document.addEventListener("click", (event) => {
    const summary = event.target.closest?.(".card > summary");
    if (!summary || event.target.closest("a")) return;
    if (isSelecting(summary, event)) event.preventDefault();
    else if (wide.matches) {
      event.preventDefault();
      summary.focus({ preventScroll: true }); // not every browser gives it the focus by itself
    }
  });
  wide.addEventListener("change", showAll);
  if (wide.matches) showAll();
}
