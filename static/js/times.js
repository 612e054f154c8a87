// Times come as UTC, the same for everybody. Here they become the reader's own: relative where people act, in the
// reader's zone and language everywhere, with the whole date to be had by hovering.

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const UNITS = [
  [DAY, "day"],
  [HOUR, "hour"],
  [MINUTE, "minute"],
];
const OLD = 7 * DAY;
const REFRESH = 30_000;

// English as the server writes it, day first, so that most words stay as they are and nothing moves.
const language = document.documentElement.lang.replace(/^(en)?$/, "en-GB");
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto" });
const day = new Intl.DateTimeFormat(language, { dateStyle: "long" });
const minute = new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" });
const whole = new Intl.DateTimeFormat(language, { dateStyle: "full", timeStyle: "long" });

/**
 * @param {Date} instant
 * @returns {string} how long ago it was; the day, once that says more
 */
function ago(instant) {
  const seconds = (Date.now() - instant.getTime()) / 1000;
  if (seconds > OLD || seconds < -MINUTE) return day.format(instant);
  for (const [length, unit] of UNITS) {
    if (seconds >= length) return relative.format(-Math.floor(seconds / length), unit);
  }
  return "just now";
}

const STYLES = {
  relative: ago,
  day: (instant) => day.format(instant),
  minute: (instant) => minute.format(instant),
};

/** @param {HTMLTimeElement} time */
function show(time) {
  const instant = new Date(time.dateTime);
  const words = STYLES[time.dataset.when](instant);
  if (time.textContent !== words) time.textContent = words;
  if (!time.title) time.title = whole.format(instant);
}

/** @param {ParentNode} root */
function showAll(root) {
  for (const time of root.querySelectorAll("time[data-when]")) show(time);
}

/** Show all times of the page the reader's way, those that arrive later too, and keep them up to date. */
export function watchTimes() {
  showAll(document);
  setInterval(() => showAll(document), REFRESH);
  new MutationObserver((changes) => {
    for (const { target, addedNodes } of changes) {
      // A page that is brought up to date writes the server's words over ours.
      const time = target.parentElement?.closest("time[data-when]");
      if (target instanceof Text && time) show(time);
      for (const node of addedNodes) if (node instanceof Element) showAll(node);
    }
  }).observe(document.body, { childList: true, characterData: true, subtree: true });
}
