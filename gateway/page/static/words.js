/** What the service's words mean, for people. */

const DENIALS = {
  DENIED_BADROOMID: "There is no such room.",
  DENIED_NAMETAKEN: "Somebody is here by that name. Take another one.",
  DENIED_ROOMFULL: "That room is full. Take another one, or wait until somebody leaves.",
  DENIED_LIMIT: "That was tried too often. Wait a few seconds and try again.",
  DENIED_AUTH: "You cannot come in with this token.",
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
