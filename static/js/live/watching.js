// "12 reading now", beside the thread. Alone, one isn't told so.

let known = 0;

// The number that was told last, where the page has a place for it; a fresh page has to be told again.
export function showWatching(readers = known) {
  known = readers;
  const line = document.querySelector(".watching");
  if (line) line.textContent = readers > 1 ? `${readers.toLocaleString("en")} reading now` : "";
}
