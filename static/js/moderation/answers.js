// The answer to an appeal: a dialog that keeps what was written in it until the answer is taken.
import { busy } from "../busy.js";

const dialog = document.getElementById("queue-answer");
const form = dialog.querySelector("form");
const error = dialog.querySelector(".field-error[role=alert]");
let about = null;
let send = null;

/**
 * @param {string} appeal whose answer it is: what was begun for another one goes
 * @param {(fields: Record<string, string>) => Promise<{ok: boolean, reason: string}>} then sends it
 */
export function askAnswer(appeal, then) {
  if (about !== appeal) form.reset();
  about = appeal;
  send = then;
  error.hidden = true;
  dialog.showModal();
}

async function submit() {
  const told = await send(Object.fromEntries(new FormData(form)));
  error.hidden = told.ok;
  if (!told.ok) {
    error.textContent = told.reason;
    return;
  }
  form.reset();
  about = null;
  dialog.close();
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  busy(form, event.submitter, submit);
});

dialog.querySelector("button[type=button]").addEventListener("click", () => dialog.close());
