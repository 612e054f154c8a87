// Keeps the numbers of comments up to date: on articles in a list, and about claims that other articles cite as well.
const comments = (count) => `${count.toLocaleString("en")} ${count === 1 ? "comment" : "comments"}`;

export function applyCounts(counts) {
  for (const element of document.querySelectorAll("[data-comments-of]")) {
    const count = counts[element.dataset.commentsOf];
    if (count === undefined) continue;
    element.textContent = comments(count);
  }
  for (const element of document.querySelectorAll("[data-comments-about]")) {
    const count = counts[`claim-${element.dataset.commentsAbout}`];
    if (count === undefined) continue;
    if (!element.matches(".discuss")) element.textContent = `${comments(count)} about it`;
    else element.textContent = `Discuss this claim${count ? ` (${count.toLocaleString("en")})` : ""}`;
  }
}
