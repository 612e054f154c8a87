// A form while it is being sent, and when that came to nothing.

/**
 * Hold a form while something is under way: its text can be read but not changed, its buttons not pressed, and the one
 * that was says what is going on. Nothing happens to a form that is held already.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement | null} pressed
 * @param {() => Promise<void>} work
 */
export async function busy(form, pressed, work) {
  if (isBusy(form)) return;
  form.setAttribute("aria-busy", "true");
  const texts = [...form.querySelectorAll("textarea, input:not([type])")].filter((field) => !field.readOnly);
  const buttons = [...form.querySelectorAll("button")].filter((button) => !button.disabled);
  const label = pressed ? [...pressed.childNodes] : [];
  const hadFocus = document.activeElement;
  const working = work(); // has read the fields by now
  for (const field of texts) field.readOnly = true;
  for (const button of buttons) button.disabled = true;
  if (pressed?.dataset.busy) pressed.textContent = pressed.dataset.busy;
  try {
    await working;
  } finally {
    form.removeAttribute("aria-busy");
    for (const field of texts) field.readOnly = false;
    for (const button of buttons) button.disabled = false;
    if (pressed?.dataset.busy) pressed.replaceChildren(...label);
    if (document.activeElement === document.body && hadFocus?.isConnected) hadFocus.focus();
  }
}

/** @param {HTMLFormElement} form @returns {boolean} whether it is being sent at this moment */
export function isBusy(form) {
  return form.getAttribute("aria-busy") === "true";
}

/**
 * Say in a form why it could not be sent; with no reason, take that away.
 * @param {HTMLFormElement} form
 * @param {string} [reason]
 */
export function explain(form, reason = "") {
  let line = form.querySelector(".field-error[data-answer]");
  if (!line && !reason) return;
  if (!line) {
    line = document.createElement("p");
    line.className = "field-error";
    line.dataset.answer = "";
    line.setAttribute("role", "alert");
    const fields = [...form.querySelectorAll(".field")];
    if (fields.length) fields.at(-1).append(line);
    else form.append(line);
  }
  line.hidden = !reason;
  line.textContent = reason;
}
