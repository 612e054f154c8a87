// A comment that an address names is marked, also where the browser has lost sight of it; one that stands on another page
// of the thread is looked for there.

function follow() {
  for (const each of document.querySelectorAll(".comment.marked")) each.classList.remove("marked");
  const id = location.hash.slice(1);
  if (!/^comment-\d+$/.test(id) || !document.getElementById("thread")) return;
  const comment = document.getElementById(id);
  if (comment) comment.classList.add("marked");
  else location.replace(`/comments/${id.replace("comment-", "")}`);
}

/** "In reply to": the comment that is answered, where it is on this page. Elsewhere the link leads to it. */
function goToAnswered(event) {
  const link = event.target.closest?.("a.comment-answers");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const id = `comment-${link.pathname.replace("/comments/", "")}`;
  if (!document.getElementById(id)) return;
  event.preventDefault();
  location.hash = id;
}

/** Mark the comment that the address names, now and whenever it names another. */
export function watchPermalinks() {
  addEventListener("hashchange", follow);
  document.addEventListener("click", goToAnswered);
  follow();
}
