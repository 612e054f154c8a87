// Keeps what the reader looks at where it is, whatever happens above it.

// Runs `change`; afterwards what is being written, or else the topmost thing on the screen, stands where it stood.
export function holdStill(change) {
  const root = document.documentElement;
  const anchor = window.scrollY > 0 ? (written() ?? topmost()) : null;
  const before = anchor?.getBoundingClientRect().top;
  // The browser's own anchoring would move the page a second time; not every browser has it.
  root.style.overflowAnchor = "none";
  try {
    change();
  } finally {
    const still = anchor && (anchor.isConnected ? anchor : anchor.id && document.getElementById(anchor.id));
    const moved = still ? still.getBoundingClientRect().top - before : 0;
    if (moved) window.scrollBy({ top: moved, behavior: "instant" });
    requestAnimationFrame(() => root.style.removeProperty("overflow-anchor"));
  }
}

// Where somebody writes; they look there.
function written() {
  const box = document.activeElement?.closest("main textarea");
  const place = box?.getBoundingClientRect();
  return place && place.bottom > 0 && place.top < window.innerHeight ? box : null;
}

// The smallest thing with a name of its own, or else any, at the top of the screen. None where the thread begins on
// this screen: there the reader sees comments arrive.
function topmost() {
  const main = document.querySelector("main");
  const thread = document.getElementById("thread");
  const threadBegins = thread && thread.getBoundingClientRect().top >= 0;
  const middle = main.getBoundingClientRect().left + main.clientWidth / 2;
  for (let y = 1; y < window.innerHeight; y += 24) {
    const found = document.elementFromPoint(middle, y);
    if (!found || found === main || !main.contains(found) || found.closest(".pill")) continue;
    if (threadBegins && thread.contains(found)) return null;
    return found.closest("li[id], p, h2, h3") ?? found;
  }
  return null;
}
