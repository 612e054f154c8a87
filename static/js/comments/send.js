// Sends a form the way the browser would, and says in words what came of it.

const NOT_SENT =
  "This could not be sent: there is no connection to the site. Nothing is lost; try again in a moment.";
const LOGGED_OUT = "You are not logged in any more. Your text is kept: log in, and it is there.";
const EXPIRED = "You have logged in or out since this page was opened. Reload it, then send this once more.";
const FAILED = "Something went wrong on the site. Nothing is lost; try again in a moment.";

/**
 * An id for a submission, by which the server knows a retry. (Browsers offer `randomUUID` on HTTPS only.)
 * @returns {string}
 */
export function freshId() {
  const digits = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) =>
    byte.toString(16).padStart(2, "0"),
  );
  return digits.join("").replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12})$/, "$1-$2-4$3-8$4-$5");
}

/**
 * Tell the live page what its visitor has just changed, so that it shows it at once, by everyone's way. Where nothing
 * is live (yet), the comment's own address shows it.
 * @param {{id: number, seq: number, url: string}} content the server's answer
 */
export function announce(content) {
  const posted = new CustomEvent("reader:posted", { detail: content, cancelable: true });
  if (document.dispatchEvent(posted)) location.assign(content.url);
}

/**
 * The same of what is on the page already and stays where it is.
 * @param {{seq: number}} content the server's answer
 * @returns {boolean} whether somebody shows it: the page is live
 */
export function change(content) {
  return !document.dispatchEvent(new CustomEvent("reader:changed", { detail: content, cancelable: true }));
}

/**
 * @param {HTMLFormElement} form
 * @returns {ReturnType<typeof post>}
 */
export function send(form) {
  return post(form.action, new FormData(form));
}

/**
 * @param {string} address
 * @param {FormData | Record<string, string>} fields
 * @returns {Promise<{ok: boolean, status: number, content?: object, reason?: string}>} `reason` says what to do
 */
export async function post(address, fields) {
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      body: new URLSearchParams(fields),
      headers: { Accept: "application/json" },
    });
  } catch {
    return { ok: false, status: 0, reason: NOT_SENT };
  }
  const { status } = response;
  const isJson = /\bjson\b/.test(response.headers.get("Content-Type") ?? "");
  const content = isJson ? await response.json() : {};
  if (response.ok) return { ok: true, status, content };
  const said = { 400: EXPIRED, 401: LOGGED_OUT }[status] ?? content.detail;
  return { ok: false, status, reason: said ?? FAILED };
}
