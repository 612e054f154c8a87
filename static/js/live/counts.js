// Keeps the numbers of comments in a list of articles up to date.

export function applyCounts(counts) {
  for (const element of document.querySelectorAll("[data-comments-of]")) {
    const count = counts[element.dataset.commentsOf];
    if (count === undefined) continue;
    element.textContent = `${count.toLocaleString("en")} ${count === 1 ? "comment" : "comments"}`;
  }
}
