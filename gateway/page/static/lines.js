/** Lines of the talk: one for a message, one for a run of feed rows that are not shown one by one. */

import { count, el, written } from "./dom.js";
import { rowOf, shownColumns, shownValue } from "./rows.js";
import { filtersOf, moderation, passing } from "./words.js";

const STATES = {
  USERJOINED: "joined",
  USEREXITED: "left",
};

/** @typedef {{from: number, to: number, count: number, line: HTMLElement, message: any}} Item `count` is 0 for a message */

/**
 * @param {any} message @param {Map<string, string> | null} before the filters in force before, if they are known
 * @param {(message: any) => void} ask what a click on "why?" does @returns {Item}
 */
export function messageItem(message, before, ask) {
  const seq = message.seq;
  const line = el(`li.line.${kind(message)}`, null, number(seq), ...content(message, before, ask));
  return { from: seq, to: seq, count: 0, line, message };
}

/** A run of rows. @param {number} from @param {number} to @param {(seq: number) => void} open @returns {Item} */
export function runItem(from, to, open) {
  const item = /** @type {Item} */ ({ from, to, count: 0, message: null, line: el("li.line.run") });
  const button = el("button", { type: "button", onclick: () => open(item.from) });
  item.line.append(button);
  extendRun(item, from, to, 0);
  return item;
}

/** @param {Item} item @param {number} from @param {number} to @param {number} more how many rows */
export function extendRun(item, from, to, more) {
  item.from = Math.min(item.from, from);
  item.to = Math.max(item.to, to);
  item.count += more;
  const rows = item.count === 1 ? "1 feed row" : `${count(item.count)} feed rows`;
  /** @type {any} */ (item.line.firstChild).textContent = rows;
  item.line.dataset.seq = String(item.from);
}

/** Whether it is a row of a feed. @param {any} message */
export const isRow = (message) => ["EVENT", "EXECUTION", "FEED"].includes(message.mtype);

function number(/** @type {number} */ seq) {
  return el("span.seq", null, `#${seq}`);
}

function kind(/** @type {any} */ message) {
  if (message.mtype === "COMMENT") return "comment";
  if (isRow(message)) return "row";
  if (message.userstatus in STATES) return "coming";
  return message.userstatus === "FILTERAPPLIED" || message.userstatus === "FILTERSUSPENDED" ? "filter" : "notice";
}

/** @param {any} message @param {Map<string, string> | null} before @param {(message: any) => void} ask */
function content(message, before, ask) {
  if (message.mtype === "COMMENT") return [written(message.user ?? "", "bdi.who"), written(message.comment ?? "", "bdi.said")];
  const found = rowOf(message);
  if (found) return rowContent(message, found, ask);
  const { userstatus, user, reason } = message;
  if (userstatus in STATES) return [el("span.said", null, written(user ?? ""), ` ${/** @type {any} */ (STATES)[userstatus]}`)];
  if (userstatus === "FILTERAPPLIED") return filterContent(message, before);
  if (userstatus === "FILTERSUSPENDED") return [el("span.said", null, "a filter was set aside: ", written(reason ?? ""))];
  if (userstatus === "HISTORY_TRUNCATED") return [el("span.said", null, "what came before this is no longer kept")];
  if (userstatus === "MODERATED") return moderationContent(message);
  if (userstatus === "OMITTED_REMOVED") return [written(user ?? "", "bdi.who"), el("span.said", null, written(reason ?? ""))];
  return [el("span.said", null, `${userstatus ?? message.mtype}: `, written(reason ?? ""))];
}

/** @param {any} message @param {{feed: string, row: Record<string, any>}} found @param {(message: any) => void} ask */
function rowContent(message, { feed, row }, ask) {
  const values = el("span.said", null);
  for (const name of shownColumns(Object.keys(row))) values.append(written(shownValue(row[name]), "bdi.value"), " ");
  const button = el("button.why", { type: "button", "aria-label": `why did we get #${message.seq}?` }, "why?");
  button.addEventListener("click", () => ask(message));
  return [el("span.who", null, feed), values, button];
}

/** @param {any} message */
function moderationContent(message) {
  const [before, behind] = moderation(message);
  const said = el("span.said", null, before, written(message.user ?? ""), behind);
  if (message.reason) said.append(": ", written(message.reason));
  return [said];
}

/** What stands where a comment was removed. @param {any} message its own @param {string} reason @returns {any} */
export function removed({ seq, user }, reason) {
  const words = "a moderator removed this comment";
  return { mtype: "ROOM_STATUS", userstatus: "OMITTED_REMOVED", seq, user, reason: reason ? `${words}: ${reason}` : words };
}

/** @param {any} message @param {Map<string, string> | null} before */
function filterContent(message, before) {
  const said = el("span.said", null);
  const filters = [...(filtersOf(message) ?? [])];
  const changed = filters.filter(([feed, clause]) => before === null || (before.get(feed) ?? "ALL") !== clause);
  said.append(message.user ? written(message.user, "bdi.who") : "The service", before === null ? " changed a filter; in force:" : " changed the filter");
  for (const [feed, clause] of changed.length ? changed : filters) {
    const { words, clause: code } = passing(clause);
    said.append(" ", el("span.change", null, el("b", null, feed), ` ${words} `, code && written(code, "code")));
  }
  if (message.reason) said.append(" ", el("span.warning", null, written(message.reason)));
  return [said];
}
