// Replaces a part of the page by a newer version of itself, without anybody losing their place in it.
const FOCUSABLE = "a[href], button, summary, input, textarea, select";

export function swap(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  const was = old.querySelectorAll("details");
  for (const [index, each] of fresh.querySelectorAll("details").entries()) {
    each.open = was[index]?.open ?? each.open;
  }
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const again = focus && counterpart(focus, fresh);
  old.replaceWith(fresh);
  if (!focus) return;
  // Where what had the focus is gone, its place has it: the next key press goes on from there.
  const next = again ?? fresh;
  if (next === fresh && !fresh.matches(FOCUSABLE)) fresh.tabIndex = -1;
  next.focus({ preventScroll: true });
}

// The element in `fresh` that is to what `focus` was to `old`: the same kind with the same name.
function counterpart(focus, fresh) {
  const name = (each) => `${each.tagName} ${each.id || (each.getAttribute("href") ?? each.textContent)}`;
  return [...fresh.querySelectorAll(FOCUSABLE)].find((each) => name(each) === name(focus)) ?? null;
}
