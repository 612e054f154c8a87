// Sends a form the way the browser would, and says in words what came of it. Every form that a script sends goes this way.
import { isOurs } from "./answers.js";
import { say } from "./say.js";

const PATIENCE = 30_000;

const NOT_SENT =
  "This could not be sent: there is no connection to the site. Nothing is lost; try again in a moment.";
const BROKEN_OFF =
  "The connection broke off before the site had answered. Nothing is lost; send it once more in a moment.";
const FOREIGN =
  "Something else answered in the place of this site, perhaps the log-in page of your network. Nothing is lost;" +
  " check your connection, then send it once more.";
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
 * Say that something is done, and show it. Where nothing on the page shows it, its own address does.
 * @param {{id: number, seq: number, url: string, told: string}} content the server's answer
 */
export function announce(content) {
  const posted = new CustomEvent("reader:posted", { detail: content, cancelable: true });
  const isShown = !document.dispatchEvent(posted);
  say(content.told, { onNextPage: !isShown });
  if (!isShown) location.assign(content.url);
}

/**
 * Have the live page show what its visitor has changed of what is on it already.
 * @param {{seq: number}} content the server's answer
 * @returns {boolean} whether the page is live, and so shows it
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

/** The token that the page's forms carry; undefined for a visitor. */
export function token() {
  return document.querySelector("input[name=csrf_token]")?.value;
}

/**
 * Send fields to an address. It is done only where this site's own answer says so.
 * @param {string} address
 * @param {FormData | Record<string, string>} fields
 * @param {RequestInit} [options]
 * @returns {Promise<{ok: boolean, status: number, content: object, reason: string}>} `reason` says what to do
 */
export async function post(address, fields, options = {}) {
  const body = new URLSearchParams(fields);
  let response;
  try {
    response = await fetch(address, {
      method: "POST",
      body,
      headers: { Accept: "application/json" },
      redirect: "manual",
      signal: AbortSignal.timeout(PATIENCE),
      ...options,
    });
  } catch {
    return failure(0, NOT_SENT);
  }
  const { status } = response;
  if (!isJson(response)) return failure(status, status >= 500 ? FAILED : FOREIGN);
  const content = await response.json().catch(() => null);
  if (content === null) return failure(status, BROKEN_OFF);
  if (response.ok) {
    const isDone = isOurs(new URL(address, location.href).pathname, body, content);
    return isDone ? { ok: true, status, content, reason: "" } : failure(status, FOREIGN);
  }
  if (content.status !== status || typeof content.detail !== "string") return failure(status, FOREIGN);
  return failure(status, { 400: EXPIRED, 401: LOGGED_OUT }[status] ?? content.detail, content);
}

function isJson(response) {
  return /^application\/(problem\+)?json\b/.test(response.headers.get("Content-Type") ?? "");
}

function failure(status, reason, content = {}) {
  return { ok: false, status, content, reason };
}
