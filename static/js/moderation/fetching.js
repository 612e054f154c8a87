// Asks for cards of a queue as they are at this moment.
import { fetchJson } from "../live/net.js";

const PAUSE = 1_000;

/**
 * @param {string[]} ids comments, or decisions about people
 * @param {() => number} seen the last event that the page shows by now: an older answer would take something back
 * @returns {Promise<{head: number, counts: object, cards: object[]} | null>} null where the site doesn't answer
 */
export async function cardsNow(ids, seen) {
  const query = new URLSearchParams(ids.map((id) => ["id", id]));
  for (let isAgain = false; ; isAgain = true) {
    const fresh = await fetchJson(`/moderation/cards?${query}`).catch(() => null);
    if (!fresh?.cards) return null;
    if (fresh.head >= seen()) return fresh;
    // A decision overtook the answer: the next one knows of it; should it not, the site is not asked without a pause.
    if (isAgain) await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
}
