// What this site answers to each form that a script sends. A log-in page of a hotel and the error of a proxy answer, too:
// only what stands here counts as done.

const isNumber = Number.isInteger;
const isText = (value) => typeof value === "string";

/** The same as was asked for. @param {string} field @param {string} yes the field's value for true */
function asAsked(field, yes) {
  return (value, fields) => value === (fields.get(field) === yes);
}

const COMMENT = { id: isNumber, seq: isNumber, url: isText, told: isText };
const PREVIEW = { html: isText };

// By address; a number in parentheses is the id of the comment that the answer has to be about.
const ANSWERS = [
  [/^\/articles\/[^/]+\/comments$/, COMMENT],
  [/^\/comments\/(\d+)\/(?:edit|delete|report)$/, COMMENT],
  [
    /^\/comments\/(\d+)\/recommend$/,
    { ...COMMENT, recommendations: isNumber, recommended: asAsked("recommended", "yes") },
  ],
  [/^\/people\/[^/]+\/mute$/, { muted: isNumber, told: isText }],
  [/^\/people\/[^/]+\/unmute$/, { unmuted: isNumber, told: isText }],
  [/^\/articles\/[^/]+\/visit$/, { up_to: isNumber }],
  [/^\/(?:articles|fact-checks)\/[^/]+\/follow$/, { following: asAsked("follow", "on"), told: isText }],
  [/^\/account\/notifications\/read$/, { unread: isNumber }],
  [
    /^\/moderation\/comments\/(\d+)\/(?:approve|remove|restore|pin|unpin)$/,
    { ...COMMENT, decision: isNumber },
  ],
  [/^\/moderation\/decisions\/\d+\/undo$/, { decision: isNumber, told: isText }],
  [/^\/moderation\/appeals\/\d+$/, { decision: isNumber, told: isText }],
  [/^\/moderation\/measures\/\d+\/comments$/, { done: isNumber, left: isNumber }],
];

/**
 * @param {string} path where the form was sent to
 * @param {URLSearchParams} fields what was sent
 * @param {unknown} content what was answered, with a status of success
 * @returns {boolean} whether this site says by it that what was asked for is done
 */
export function isOurs(path, fields, content) {
  if (content === null || typeof content !== "object") return false;
  const fits = (shape) => Object.entries(shape).every(([name, holds]) => holds(content[name], fields));
  if (fields.has("preview")) return fits(PREVIEW);
  for (const [address, shape] of ANSWERS) {
    const found = address.exec(path);
    if (found) return fits(shape) && (found[1] === undefined || content.id === Number(found[1]));
  }
  return false;
}
