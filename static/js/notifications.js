// What is clicked in the list of notifications was read; what one follows is changed in place. Without this script there
// is a button for the one, and the other loads the page again.

/** @param {string} address @param {Record<string, string>} fields */
function post(address, fields) {
  const token = document.querySelector(".site-logout [name=csrf_token]")?.value ?? "";
  return fetch(address, {
    method: "POST",
    body: new URLSearchParams({ csrf_token: token, ...fields }),
    headers: { Accept: "application/json" },
    keepalive: true, // the page is about to be left
  });
}

/** @param {HTMLFormElement} form */
async function follow(form) {
  const button = form.querySelector("button");
  button.disabled = true;
  const answer = await post(form.action, { follow: form.elements.follow.value }).catch(() => null);
  button.disabled = false;
  if (!answer?.ok) {
    form.submit();
    return;
  }
  const { start, stop } = form.dataset;
  const following = form.elements.follow.value === "on";
  form.elements.follow.value = following ? "off" : "on";
  button.querySelector("span").textContent = following ? stop : start;
  button.querySelector("use").setAttribute("href", following ? "#i-bell-off" : "#i-bell");
  button.focus();
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
      if (id) post("/account/notifications/read", { through: id, only: id }).catch(() => {});
    });
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form.follow")) return;
    event.preventDefault();
    follow(event.target);
  });
}
