// What every page runs. All of it only adds to pages that work without.
import { watchCards } from "./cards.js";
import { watchActions } from "./comments/actions.js";
import { watchBranches } from "./comments/branches.js";
import { watchComposers } from "./comments/composer.js";
import { watchDiscussing } from "./comments/discuss.js";
import { watchMine } from "./comments/mine.js";
import { watchMuting } from "./comments/muting.js";
import { watchPermalinks } from "./comments/permalinks.js";
import { watchRecommending } from "./comments/recommend.js";
import { watchReplies } from "./comments/reply.js";
import { watchStops } from "./comments/stopped.js";
import { watchUnread } from "./comments/unread.js";
import { watchNotifications } from "./notifications.js";
import { watchSaying } from "./say.js";
import { watchTheme } from "./switch.js";
import { watchTimes } from "./times.js";

watchTimes();
watchTheme();
watchSaying();
watchCards();
watchComposers();
watchReplies();
watchStops();
watchActions();
watchNotifications();
watchMine();
watchMuting();
watchBranches();
watchDiscussing();
watchPermalinks();
watchUnread();
watchRecommending();

// The rest waits until the page has been painted and the browser has nothing better to do.
const later = [];
if (document.querySelector("#thread, [data-composer]")) later.push("./comments/tools.js");
if (document.querySelector("[data-password]")) later.push("./passwords.js");
if (document.querySelector("[data-live-stream], [data-live-front]")) later.push("./live/client.js");
if (later.length) {
  const start = () => later.map((module) => import(module));
  const idle = () => (window.requestIdleCallback ?? setTimeout)(start);
  if (document.readyState === "complete") idle();
  else addEventListener("load", idle, { once: true });
}
