// Sends decisions the way the page's one form would, and remembers one's own, to be undone.
const LOST = "This could not be sent: there is no connection to the site. Try again in a moment.";
const FAILED = "Something went wrong on the site. Try again in a moment.";

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
export async function decide(card, action, fields = {}) {
  const { comment, revision } = card.dataset;
  const answer = await post(`/moderation/comments/${comment}/${action}`, { revision, ...fields });
  if (answer.ok) made.push({ decision: answer.content.decision, comment });
  return answer;
}

// Take one's last decision back; null where there is none left.
export async function undo() {
  const last = made.pop();
  if (!last) return null;
  const answer = await post(`/moderation/decisions/${last.decision}/undo`, {});
  return { ...answer, comment: last.comment };
}
