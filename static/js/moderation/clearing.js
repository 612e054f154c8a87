// How far it is with the comments of somebody who is banned: the page says so, and lends a hand, as long as it is open.
import { fetchPage } from "../live/net.js";
import { swap } from "../live/swap.js";
import { send } from "../send.js";

const PAUSE = 400;
const PARTS = ["in-force", "person-counts"];

async function goOn() {
  const form = document.querySelector("form[data-clearing]");
  if (!form) return;
  try {
    if (!(await send(form)).ok) return;
    const fresh = await fetchPage(location.href);
    for (const part of PARTS) {
      const [old, now] = [document, fresh].map((each) => each.getElementById(part));
      if (now) swap(old, document.importNode(now, true));
    }
  } catch {
    return; // the job queue goes on without this page
  }
  setTimeout(goOn, PAUSE);
}

goOn();
