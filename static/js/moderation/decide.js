// Sends decisions the way the page's one form would, and remembers one's own, to be undone.
import { post, token } from "../send.js";

// What was sent, in its order: its effect may be on the page before its answer is.
const made = [];

function send(address, fields) {
  return post(address, { csrf_token: token(), ...fields });
}

// Decide about the revision that the card shows.
export function decide(card, action, fields = {}) {
  const { comment, revision } = card.dataset;
  const name = card.querySelector(".comment-author").textContent;
  const sent = send(`/moderation/comments/${comment}/${action}`, { revision, ...fields });
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
  return send(`/moderation/appeals/${appeal}`, fields);
}

// Take one's last decision back; null where there is none left.
export async function undo() {
  const last = await latest();
  if (!last) return null;
  made.pop();
  const told = await send(`/moderation/decisions/${last.decision}/undo`, {});
  // What could not be sent can be tried again; what was refused can't.
  if (!told.ok && !told.content.detail) made.push(last);
  return { ...told, comment: last.comment };
}
