// Says that something was done: one line at the foot of the window, for a while, which screen readers read out when they
// come to it. It takes the place of the server's, which stands there without scripts.
const SECONDS = 10;
const KEY = "said";

const line = document.createElement("p");
line.className = "said";
line.setAttribute("role", "status");
line.hidden = true;
let timer = null;

/**
 * @param {string} words
 * @param {{onNextPage?: boolean}} [when] `onNextPage`: this one is about to be left
 */
export function say(words, { onNextPage = false } = {}) {
  if (onNextPage) {
    keep(words);
    return;
  }
  line.hidden = false;
  line.textContent = words;
  clearTimeout(timer);
  timer = setTimeout(() => {
    line.hidden = true;
    line.textContent = "";
  }, SECONDS * 1000);
}

function keep(words) {
  try {
    sessionStorage.setItem(KEY, words);
  } catch {
    // Then the page that follows shows it, without a word.
  }
}

function kept() {
  try {
    const words = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return words;
  } catch {
    return null;
  }
}

/** Say what the page before left to be said, or what the server says on this one. */
export function watchSaying() {
  const theirs = document.querySelector(".said");
  const words = kept() ?? theirs?.textContent.trim();
  theirs?.remove();
  document.body.append(line);
  // A line that is filled at once is not noticed as news.
  if (words) setTimeout(() => say(words), 100);
}
