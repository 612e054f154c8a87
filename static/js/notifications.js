// What is clicked in the list of notifications was read; what one follows is changed in place. Without this script there
// is a button for the one, and the other loads the page again.

import { busy, explain } from "./busy.js";
import { say } from "./say.js";
import { post, send, token } from "./send.js";

/** @param {HTMLFormElement} form */
async function follow(form) {
  explain(form);
  const answer = await send(form);
  if (!answer.ok) {
    explain(form, answer.reason);
    return;
  }
  const button = form.querySelector("button");
  const { start, stop } = form.dataset;
  const { following, told } = answer.content;
  form.elements.follow.value = following ? "off" : "on";
  button.querySelector("span").textContent = following ? stop : start;
  button.querySelector("use").setAttribute("href", following ? "#i-bell-off" : "#i-bell");
  say(told);
}

/** What was read in another tab, or has come meanwhile, shows in the list as well. */
function followBell() {
  const bell = document.querySelector(".site-bell");
  if (!bell || !document.getElementById("notifications")) return;
  new MutationObserver(async () => {
    const { fetchPage } = await import("./live/net.js");
    const { swap } = await import("./live/swap.js");
    const fresh = await fetchPage(location.href).catch(() => null);
    const list = fresh?.getElementById("notifications");
    if (list) swap(document.getElementById("notifications"), document.importNode(list, true));
  }).observe(bell, { childList: true });
}

/** Look after notifications, and after the buttons to follow something. */
export function watchNotifications() {
  followBell();
  for (const kind of ["click", "auxclick"])
    document.addEventListener(kind, ({ target }) => {
      const id = target.closest?.("a[data-notification]")?.dataset.notification;
      // The page is about to be left.
      const fields = { csrf_token: token(), through: id, only: id };
      if (id) post("/account/notifications/read", fields, { keepalive: true });
    });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.follow")) return;
    event.preventDefault();
    busy(event.target, event.target.querySelector("button"), () => follow(event.target));
  });
}
