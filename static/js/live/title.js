// The tab's title counts what nobody has seen: comments that arrived while the page was hidden.

let title = document.title;
let unseen = 0;

function show() {
  document.title = unseen ? `(${unseen}) ${title}` : title;
}

// The page is called otherwise from now on.
export function retitle(text) {
  title = text;
  show();
}

// Comments of others arrived.
export function arrived(count) {
  if (!document.hidden) return;
  unseen += count;
  show();
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) return;
  unseen = 0;
  show();
});
