// Sends decisions the way the page's one form would, and remembers one's own, to be undone.
const LOST = "This could not be sent: there is no connection to the site. Try again in a moment.";
const FAILED = "Something went wrong on the site. Try again in a moment.";

// What was sent, in its order: its effect may be on the page before its answer is.
const made = [];

async function post(address, fields) {
  const token = document.querySelector("#decide [name=csrf_token]").value;
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams({ csrf_token: token, ...fields }),
      headers: { Accept: "application/json" },
    });
  } catch {
    return { ok: false, reason: LOST };
  }
  const isJson = /\bjson\b/.test(response.headers.get("Content-Type") ?? "");
  const content = isJson ? await response.json() : {};
  return { ok: response.ok, status: response.status, content, reason: content.detail ?? FAILED };
}

// Decide about the revision that the card shows.
export function decide(card, action, fields = {}) {
  const { comment, revision } = card.dataset;
  const name = card.querySelector(".comment-author").textContent;
  const sent = post(`/moderation/comments/${comment}/${action}`, { revision, ...fields });
  made.push(
    sent.then((told) => (told.ok ? { decision: told.content.decision, comment, action, name } : null)),
  );
  return sent;
}

// One's last decision that can still be undone, once its answer is here; null where there is none.
export async function latest() {
  while (made.length) {
    const last = await made.at(-1);
    if (last) return last;
    made.pop();
  }
  return null;
}

// Answer an appeal, which nobody takes back.
export function answer(appeal, fields) {
  return post(`/moderation/appeals/${appeal}`, fields);
}

// Take one's last decision back; null where there is none left.
export async function undo() {
  const last = await latest();
  if (!last) return null;
  made.pop();
  const told = await post(`/moderation/decisions/${last.decision}/undo`, {});
  return { ...told, comment: last.comment };
}
