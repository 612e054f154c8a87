// Sends a form the way the browser would, and says in words what came of it.

const NOT_SENT =
  "This could not be sent: there is no connection to the site. Nothing is lost; try again in a moment.";
const LOGGED_OUT = "You are not logged in any more. Log in again in another tab, then send this once more.";
const FAILED = "Something went wrong on the site. Nothing is lost; try again in a moment.";

/**
 * @param {HTMLFormElement} form
 * @returns {Promise<{ok: boolean, status: number, content?: object, reason?: string}>} `reason` says what to do
 */
export async function send(form) {
  let response;
  try {
    response = await fetch(form.action, {
      method: "POST",
      body: new URLSearchParams(new FormData(form)),
      headers: { Accept: "application/json" },
    });
  } catch {
    return { ok: false, status: 0, reason: NOT_SENT };
  }
  const { status } = response;
  const isJson = /\bjson\b/.test(response.headers.get("Content-Type") ?? "");
  const content = isJson ? await response.json() : {};
  if (response.ok) return { ok: true, status, content };
  return { ok: false, status, reason: status === 401 ? LOGGED_OUT : (content.detail ?? FAILED) };
}
