/** Feed rows as columns and values, whatever message brought them, and the comparisons that find them again. */

import { SPORTS } from "./words.js";

/** Column names of the message fields, where the JSON mapping writes them otherwise. */
const COLUMNS = {
  matchTitle: "match_title",
  dataEvent: "data_event",
};
/** What a table need not show: it has `sport_name`, and when a row came. */
const HIDDEN = new Set(["sport", "received_at"]);

/**
 * The feed and the row of an EVENT, EXECUTION or FEED; null for other messages.
 * @param {any} message @returns {{feed: string, row: Record<string, any>} | null}
 */
export function rowOf(message) {
  if (message.mtype === "EVENT") return { feed: "sport_event", row: eventRow(message.eventmsg ?? {}) };
  if (message.mtype === "EXECUTION") return { feed: "execution", row: message.execmsg ?? {} };
  if (message.mtype === "FEED") return { feed: message.feed, row: parseRow(message.row) };
  return null;
}

/** @param {any} event */
function eventRow(event) {
  const row = /** @type {Record<string, any>} */ ({ sport_name: event.sport, sport: SPORTS.indexOf(event.sport) });
  for (const [field, column] of Object.entries(COLUMNS)) row[column] = event[field];
  return row;
}

/** Numbers stay as they were written, with all their digits. @param {string} text @returns {Record<string, any>} */
export function parseRow(text) {
  const reviver = (/** @type {string} */ _key, /** @type {any} */ value, /** @type {any} */ context) =>
    typeof value === "number" && context?.source ? new Digits(context.source) : value;
  try {
    return JSON.parse(text, /** @type {any} */ (reviver)) ?? {};
  } catch {
    return { row: text };
  }
}

class Digits {
  constructor(/** @type {string} */ source) {
    this.source = source;
  }
  toString() {
    return this.source;
  }
  toJSON() {
    return this.source;
  }
}

/** The columns that a table shows. @param {string[]} columns */
export function shownColumns(columns) {
  const shown = columns.filter((name) => !HIDDEN.has(name));
  // The name of a sport says what the number says, and is a column of the filter as well.
  if (shown.includes("sport_name")) return ["sport_name", ...shown.filter((name) => name !== "sport_name")];
  return shown.length ? shown : columns;
}

/** The value of a column; names are compared as SQL folds them. @param {Record<string, any>} row @param {string} column */
export function valueOf(row, column) {
  if (column in row) return row[column];
  const folded = fold(column);
  return row[Object.keys(row).find((key) => fold(key) === folded) ?? ""];
}

const fold = (/** @type {string} */ name) => name.replaceAll("_", "").toLowerCase();

/** A value for reading. @param {any} value */
export function shownValue(value) {
  if (value === null || value === undefined) return "–";
  if (typeof value === "string" || value instanceof Digits) return String(value);
  if (Array.isArray(value)) return value.map(shownValue).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/**
 * The comparison that finds rows with this value; null if there is none.
 * @param {string} column @param {string} type as in PENDING @param {any} value
 */
export function comparison(column, type, value) {
  if (value === null || value === undefined) return `${column} is null`;
  if (type === "jsonb") return null;
  if (type === "text[]") return Array.isArray(value) && value.length ? `${quoted(value[0])} = any(${column})` : null;
  if (type === "boolean") return value ? column : `not ${column}`;
  if (type === "text" || type === "timestamp") return `${column} = ${quoted(String(value))}`;
  return `${column} = ${value}`;
}

/** A literal of SQL. @param {string} text */
export const quoted = (text) => `'${String(text).replaceAll("'", "''")}'`;

/** A clause that holds where both hold. @param {string} clause @param {string} addition */
export function both(clause, addition) {
  const kept = clause.trim();
  if (kept === "" || kept === "NONE" || kept === "ALL") return addition;
  return /\b(or|case)\b/i.test(kept) && !/^\([^()]*\)$/.test(kept) ? `(${kept}) and ${addition}` : `${kept} and ${addition}`;
}
