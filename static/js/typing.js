// What a key means while somebody types.

/**
 * @param {KeyboardEvent} event
 * @returns {boolean} whether an input method takes the key, to choose among characters: it is not meant for the page.
 *   (Safari says so by the key's code alone.)
 */
export function isComposing(event) {
  return event.isComposing || event.keyCode === 229;
}
