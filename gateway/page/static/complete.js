/** What may come next in a clause, as somebody types it. */

/** @typedef {{text: string, from: number, note: string}} Proposal `from`: where the text it replaces begins */
/** @typedef {{name: string, type: string}} Column */

const TOKEN = /'(?:[^']|'')*'?|"[^"]*"?|[\p{L}_][\p{L}\p{N}_]*|\d[\d.]*|<=|>=|<>|!=|->>|->|[^\s\p{L}\p{N}]/gu;
const WORDS = new Set(["and", "or", "not", "in", "like", "ilike", "between", "is", "null", "any", "case", "when", "then", "else", "end", "escape"]);
const TEXT_OPERATORS = ["=", "<>", "ilike", "like", "in", "is null"];
const NUMBER_OPERATORS = ["=", "<>", ">", "<", ">=", "<=", "between", "in"];
const COMPARISONS = new Set(["=", "<>", "!=", "<", ">", "<=", ">=", "like", "ilike", "in", "between"]);

/**
 * Where the caret is in a clause.
 * @param {string} before the clause up to the caret @param {Column[]} columns
 * @returns {{expects: "column" | "operator" | "value" | "connector", word: string, from: number, column: Column | null}}
 */
export function placeIn(before, columns) {
  const tokens = [...before.matchAll(TOKEN)].map((match) => ({ text: match[0], at: match.index }));
  const last = tokens.at(-1);
  const isTyping = last && /^['\p{L}_\d]/u.test(last.text) && last.at + last.text.length === before.length && !isClosed(last.text);
  const word = isTyping ? last.text : "";
  const from = isTyping ? last.at : before.length;
  const done = (isTyping ? tokens.slice(0, -1) : tokens).map((token) => token.text);
  return { ...expected(done, columns), word, from };
}

const isClosed = (/** @type {string} */ text) => /^'(?:[^']|'')*'$/.test(text);

/** @param {string[]} done @param {Column[]} columns @returns {{expects: any, column: Column | null}} */
function expected(done, columns) {
  const find = (/** @type {string} */ text) => columns.find(({ name }) => name.toLowerCase() === text?.toLowerCase()) ?? null;
  const last = done.at(-1)?.toLowerCase();
  if (last === undefined || ["and", "or", "not", "when"].includes(last)) return { expects: "column", column: null };
  if (find(last)) return { expects: "operator", column: find(last) };
  const place = done.findLastIndex((text) => find(text));
  const column = place < 0 ? null : find(done[place]);
  if (COMPARISONS.has(last) && column) return { expects: "value", column };
  const since = done.slice(place + 1).map((text) => text.toLowerCase());
  if (column && since.includes("in") && !since.includes(")") && (last === "(" || last === ",")) return { expects: "value", column };
  if (last === "(") return { expects: "column", column: null };
  return { expects: "connector", column };
}

/**
 * What may stand there, without asking the service.
 * @param {ReturnType<typeof placeIn>} place @param {Column[]} columns @returns {Proposal[]}
 */
export function proposals({ expects, word, from, column }, columns) {
  const begins = (/** @type {string} */ text) => text.toLowerCase().startsWith(word.toLowerCase());
  const all = (/** @type {string[]} */ texts) => texts.filter(begins).map((text) => ({ text, from, note: "" }));
  if (expects === "column") return columns.filter(({ name }) => begins(name)).map(({ name, type }) => ({ text: name, from, note: type }));
  if (expects === "operator") return column ? all(operators(column)) : [];
  // Not before one begins a word: the list would be in front of what the clause so far does.
  if (expects === "connector" && word) return all(["and", "or"]);
  return [];
}

/** @param {Column} column */
function operators({ type }) {
  if (type === "text") return TEXT_OPERATORS;
  if (type === "boolean") return ["= true", "= false", "is null"];
  if (type === "text[]") return ["is null"];
  if (type === "jsonb") return ["->>", "is null"];
  return NUMBER_OPERATORS;
}

/**
 * Which columns' values to ask for, and what the answers make of them.
 * @param {ReturnType<typeof placeIn>} place @param {Column[]} columns
 * @returns {{column: Column, prefix: string, write: (literal: string) => string}[]}
 */
export function questions({ expects, word, column }, columns) {
  const prefix = word.replace(/^'/, "").replaceAll("''", "'");
  if (expects === "value" && column) return [{ column, prefix, write: (literal) => literal }];
  if (expects !== "column" || prefix.length < 2 || WORDS.has(prefix.toLowerCase())) return [];
  if (columns.some(({ name }) => name.toLowerCase().startsWith(prefix.toLowerCase()))) return [];
  // Somebody types what they want to see, and not where it stands.
  const texts = columns.filter(({ type }) => type === "text" || type === "text[]").slice(0, 4);
  return texts.map((found) => ({
    column: found,
    prefix,
    write: (literal) => (found.type === "text[]" ? `${literal} = any(${found.name})` : `${found.name} = ${literal}`),
  }));
}

