/** What the service's words mean, for people. */

const DENIALS = {
  DENIED_BADROOMID: "There is no such room.",
  DENIED_NAMETAKEN: "Somebody is here by that name. Take another one.",
  DENIED_ROOMFULL: "That room is full. Take another one, or wait until somebody leaves.",
  DENIED_LIMIT: "That was tried too often. Wait a few seconds and try again.",
  DENIED_AUTH: "You cannot come in with this token.",
  DENIED_BANNED: "You are banned from that room.",
  DENIED_ROOMCLOSED: "That room is closed.",
  DENIED_BADNAME: "That is no name here.",
};

/** Why something was refused. @param {any} error */
export function refusal(error) {
  const known = /** @type {any} */ (DENIALS)[error?.status];
  if (error?.name !== "Refusal") return error?.message ?? String(error);
  if (known && error.reason) return `${known} (${error.reason})`;
  return known || error.message;
}

export const SPORTS = ["", "BASEBALL", "BASKETBALL", "FOOTBALL", "BOXING", "GOLF", "NASCAR", "TENNIS"];

/** What moderators did, by `action`; `user` is whom it is about. */
const ACTIONS = /** @type {Record<string, (user: string, time: string) => [string, string]>} */ ({
  kick: () => ["", " was removed from the room"],
  ban: (user, time) => ["", ` is banned${time && ` for ${time}`}`],
  mute: (user, time) => ["", ` is muted${time && ` for ${time}`}`],
  unmute: () => ["", " may comment again"],
  lock: () => ["The filter is locked", ""],
  unlock: () => ["The filter may be changed again", ""],
  slow: (user, time) => [`Slow mode: one comment per ${time} and person`, ""],
  unslow: () => ["Slow mode is over", ""],
  remove: () => ["A comment of ", " was removed"],
  close: () => ["The room was closed", ""],
  open: () => ["The room is open again", ""],
});

/** A MODERATED in words: what stands before the name and behind it. @param {any} message @returns {[string, string]} */
export function moderation({ action, user, seconds }) {
  const known = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : null;
  return known ? known(user, seconds ? duration(seconds) : "") : ["", ` ${action ?? "moderated"}`];
}

/** @param {number} seconds */
function duration(seconds) {
  for (const [size, unit] of /** @type {[number, string][]} */ ([[86400, "day"], [3600, "hour"], [60, "minute"]]))
    if (seconds % size === 0) return seconds === size ? `1 ${unit}` : `${seconds / size} ${unit}s`;
  return seconds === 1 ? "1 second" : `${seconds} seconds`;
}

/** The filter that a room has of a feed until somebody sets one. @param {string} feed */
export const untouched = (feed) => (feed === "sport_event" || feed === "execution" ? "NONE" : "ALL");

/** What a filter lets pass, in words; `clause` is null where only the clause itself says it. @param {string} filter */
export function passing(filter) {
  if (filter === "NONE") return { words: "everything passes", clause: null };
  if (filter === "ALL") return { words: "nothing passes", clause: null };
  return { words: "rows pass where", clause: filter };
}

/** The clauses in force by feed, as a ROOM_STATUS tells them; null if it tells none. @param {any} message */
export function filtersOf(message) {
  if (message.filters?.length) return new Map(message.filters.map((/** @type {any} */ f) => [f.feed, f.clause ?? "SAME"]));
  if (message.sportFilter === undefined && message.executionFilter === undefined) return null;
  return new Map([["sport_event", message.sportFilter], ["execution", message.executionFilter]]);
}

/** @param {number} at milliseconds since 1970 */
export function when(at) {
  const date = new Date(at);
  const time = date.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return date.toDateString() === new Date().toDateString() ? time : `${date.toLocaleDateString()} ${time}`;
}
