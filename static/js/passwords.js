// Passwords while they are typed: a switch that shows them, and for a new one the count of its characters. Nothing is
// judged before the form is sent.

const PAUSE = 1000; // milliseconds without a key, after which the count is read out

/** @param {HTMLInputElement} input @returns {string} how long it is, and must be */
function count(input) {
  // Code points, as the server counts them.
  const length = [...input.value].length;
  const { minLength, maxLength } = input.dataset;
  if (length < minLength) return `${length} of at least ${minLength} characters`;
  if (length > maxLength) return `${length} characters, ${maxLength} at most`;
  return `${length} characters`;
}

/**
 * What screen readers read out, when they come to it.
 * @param {HTMLElement} box
 */
function makeStatus(box) {
  const status = document.createElement("p");
  status.className = "visually-hidden";
  status.setAttribute("role", "status");
  box.after(status);
  return status;
}

/** @param {HTMLElement} box @param {HTMLInputElement} input @param {HTMLElement} status */
function countIn(box, input, status) {
  const line = document.createElement("p");
  line.className = "field-hint";
  line.setAttribute("aria-hidden", "true");
  line.hidden = true;
  box.after(line);
  let timer = null;
  const show = () => {
    line.hidden = !input.value;
    line.textContent = count(input);
    clearTimeout(timer);
    timer = setTimeout(() => {
      status.textContent = line.hidden ? "" : line.textContent;
    }, PAUSE);
  };
  input.addEventListener("input", show);
  if (input.value) show();
}

/** @param {HTMLElement} box @param {HTMLInputElement} input @param {HTMLElement} status */
function addSwitch(box, input, status) {
  const name = input.labels[0].textContent.trim().toLowerCase();
  const button = document.createElement("button");
  button.type = "button";
  const verb = document.createElement("span");
  const rest = document.createElement("span");
  rest.className = "visually-hidden";
  rest.textContent = ` ${name}`;
  button.append(verb, rest);
  const set = (shown) => {
    input.type = shown ? "text" : "password";
    verb.textContent = shown ? "Hide" : "Show";
  };
  button.addEventListener("click", () => {
    const shown = input.type === "password";
    set(shown);
    status.textContent = shown ? `Your ${name} is shown` : `Your ${name} is hidden`;
  });
  // Browsers remember what stands in a field of text.
  input.form.addEventListener("submit", () => set(false));
  set(false);
  box.append(button);
}

/** Look after every password of the page. */
export function watchPasswords() {
  for (const box of document.querySelectorAll("[data-password]")) {
    const input = box.querySelector("input");
    const status = makeStatus(box);
    if (input.dataset.minLength) countIn(box, input, status);
    addSwitch(box, input, status);
  }
}

watchPasswords();
