/** The talk: a window on what the room got, at its end or anywhere in its past. */

import { announce, byId, later } from "./dom.js";
import { extendRun, isRow, messageItem, removed, runItem } from "./lines.js";
import { filtersOf, refusal } from "./words.js";

/** Lines that the window has at most; beyond that it is cut at the other end. */
const MOST_LINES = 600;
/** Feed rows that one tick shows one by one; more become a run. */
const ROWS_PER_TICK = 20;
/** Messages that one question asks for. */
const PAGE = 500;
/** Pages that are looked through for something that is no feed row. */
const PAGES_AT_ONCE = 12;
const ENOUGH_LINES = 25;
/** Pixels from an end that count as being there. */
const NEAR = 60;

export class Talk {
  #chat;
  #why;
  #log = byId("log");
  #lines = byId("lines");
  #items = /** @type {import("./lines.js").Item[]} */ ([]);
  #coming = /** @type {any[]} */ ([]);
  #isLive = true;
  #isLoading = false;
  #isAtStart = false;
  /** Whether there was a look for older messages, to have something to scroll. */
  #isFilled = false;
  #missed = 0;
  #filters = /** @type {Map<string, string> | null} */ (null);
  /** Why comments were removed, by seq: what was read of the past before may come after the news of it. */
  #removed = /** @type {Map<number, string>} */ (new Map());

  /** @param {import("./edgechat.js").EdgeChat} chat @param {import("./why.js").Why} why */
  constructor(chat, why) {
    this.#chat = chat;
    this.#why = why;
  }

  open() {
    this.#lines.replaceChildren();
    this.#removed.clear();
    this.#markStart("");
    byId("live").hidden = true;
    byId("live").onclick = () => this.#goLive();
    byId("older").onclick = () => this.#older();
    byId("with-rows").onchange = () => (this.#isLive ? this.#goLive() : this.goTo(this.#items[0]?.from ?? 1));
    byId("jump-form").onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      const seq = Number(byId("jump").value);
      if (seq > 0) this.goTo(seq);
    };
    this.#log.onscroll = later(() => this.#scrolled(), 60);
    const up = later(() => this.#log.scrollTop < NEAR && this.#older(), 60);
    // Where there is nothing to scroll, there is no scrolling.
    this.#log.onwheel = (/** @type {WheelEvent} */ event) => event.deltaY < 0 && up();
    this.#isFilled = false;
  }

  close() {
    this.#log.onscroll = this.#log.onwheel = null;
    this.#lines.replaceChildren();
  }

  /** A numbered message as it comes. @param {any} message */
  take(message) {
    if (!isRow(message)) this.#note(message);
    if (message.removedSeq) this.#remove(message);
    if (!this.#isLive) {
      if (!isRow(message)) this.#missed += 1;
      return;
    }
    this.#coming.push(message);
    // Between two ticks, and while older messages are asked for; runs are all that is left of the rest.
    if (this.#coming.length > 5 * MOST_LINES) this.render();
  }

  /** Take away the text of a comment. @param {any} news */
  #remove({ removedSeq, reason }) {
    this.#removed.set(removedSeq, reason ?? "");
    const item = this.#items.find(({ message }) => message?.seq === removedSeq);
    if (!item) return;
    const { line } = item;
    Object.assign(item, this.#item(item.message));
    item.line.dataset.seq = String(removedSeq);
    line.replaceWith(item.line);
  }

  /** @param {any} message @returns {import("./lines.js").Item} */
  #item(message) {
    const reason = message.mtype === "COMMENT" ? this.#removed.get(message.seq) : undefined;
    return messageItem(reason === undefined ? message : removed(message, reason), this.#filters, this.#open);
  }

  /** Show what came since the last time. */
  render() {
    this.#showButton();
    // At the very top nothing scrolls any more that could ask again.
    if (!this.#isLive && this.#log.scrollTop < NEAR && this.#items.length) this.#older();
    if (this.#isLoading || !this.#coming.length) return;
    const newest = this.#items.at(-1)?.to ?? 0;
    const coming = this.#coming.filter((message) => message.seq > newest);
    this.#coming = [];
    const rows = coming.reduce((sum, message) => sum + (isRow(message) ? 1 : 0), 0);
    this.#append(coming, this.#withRows ? Math.max(0, rows - ROWS_PER_TICK) : rows);
    this.#trim("top");
    if (this.#isLive) this.#log.scrollTop = this.#log.scrollHeight;
    this.#fill();
  }

  /** Have something to scroll, and what was said last: one look, since where nobody talks it may be far back. */
  async #fill() {
    if (this.#isFilled || !this.#isLive || !this.#items.length) return;
    this.#isFilled = true;
    if (this.#log.scrollHeight <= this.#log.clientHeight) await this.#older();
    if (this.#isLive) this.#log.scrollTop = this.#log.scrollHeight;
  }

  /** Show the past around a message. @param {number} seq */
  async goTo(seq) {
    const answer = await this.#ask({ resumeAfter: Math.max(0, seq - 40), history: PAGE });
    if (!answer) return;
    this.#isLive = false;
    this.#coming = [];
    this.#clear();
    this.#append(answer.messages ?? [], this.#withRows ? 0 : Infinity);
    this.#markStart(answer.seq ? `what came up to #${answer.seq} is no longer kept` : "");
    const item = this.#items.find(({ to }) => to >= seq) ?? this.#items.at(-1);
    if (item) this.#show(item.line);
    this.#showButton();
  }

  /** In the middle, or from its beginning if it is tall. @param {HTMLElement} line */
  #show(line) {
    const log = this.#log;
    line.classList.add("sought");
    const top = line.getBoundingClientRect().top - log.getBoundingClientRect().top + log.scrollTop;
    log.scrollTop = top - Math.max(NEAR, (log.clientHeight - line.offsetHeight) / 2);
  }

  get #withRows() {
    return byId("with-rows").checked;
  }

  /** Say what people who do not look at the screen want to hear. @param {any} message */
  #note(message) {
    if (document.hidden || this.#chat.state !== "joined") return;
    if (message.mtype === "COMMENT") announce(`${message.user}: ${message.comment}`);
    if (message.userstatus === "FILTERAPPLIED") announce(`${message.user ?? "the service"} changed a filter`);
  }

  async #goLive() {
    this.#isLive = true;
    this.#coming = [];
    this.#missed = 0;
    const answer = await this.#ask({ history: PAGE });
    if (!this.#isLive) return;
    this.#clear();
    if (answer) this.#append(answer.messages ?? [], this.#withRows ? 0 : Infinity);
    this.#trim("top");
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#isFilled = false;
    this.render();
    this.#fill();
  }

  #scrolled() {
    const { scrollTop, clientHeight, scrollHeight } = this.#log;
    const isAtEnd = scrollTop + clientHeight > scrollHeight - NEAR;
    if (this.#isLive && !isAtEnd) {
      this.#isLive = false;
      this.#missed = 0;
    }
    if (scrollTop < NEAR * 4) this.#older();
    if (!this.#isLive && isAtEnd) this.#newer();
    this.#showButton();
  }

  async #older() {
    if (this.#isLoading) return;
    let lines = 0;
    for (let pages = 0; pages < PAGES_AT_ONCE && lines < ENOUGH_LINES && !this.#isAtStart; pages += 1) {
      const first = this.#items[0]?.from;
      if (first === undefined || first <= 1) return this.#markStart("this is where the room begins");
      const answer = await this.#ask({ before: first, history: PAGE });
      if (!answer || this.#items[0]?.from !== first) return;
      const messages = answer.messages ?? [];
      lines += this.#prepend(messages);
      if (answer.seq && !messages.length) this.#markStart(`what came up to #${answer.seq} is no longer kept`);
      else if (!messages.length) this.#markStart("this is where the room begins");
    }
  }

  async #newer() {
    if (this.#isLoading) return;
    const last = this.#items.at(-1)?.to ?? 0;
    const answer = await this.#ask({ resumeAfter: last, history: PAGE });
    if (!answer || (this.#items.at(-1)?.to ?? 0) !== last || this.#isLive) return;
    const place = this.#log.scrollTop;
    this.#append(answer.messages ?? [], this.#withRows ? 0 : Infinity);
    const removed = this.#trim("top");
    this.#log.scrollTop = place - removed;
    if ((this.#items.at(-1)?.to ?? 0) >= this.#chat.lastSeq) {
      this.#isLive = true;
      this.#missed = 0;
      this.#showButton();
    }
  }

  /** One question at a time. @param {Record<string, number>} fields @returns {Promise<any>} null if there is no answer */
  async #ask(fields) {
    while (this.#isLoading) await new Promise((resolve) => setTimeout(resolve, 20));
    this.#isLoading = true;
    this.#log.setAttribute("aria-busy", "true");
    try {
      return await this.#chat.ask("HISTORY", fields);
    } catch (error) {
      this.#markStart(refusal(error), false);
      return null;
    } finally {
      this.#isLoading = false;
      this.#log.removeAttribute("aria-busy");
    }
  }

  /** @param {any[]} messages @param {number} hidden how many of the feed rows, from the first on, become runs */
  #append(messages, hidden) {
    const fragment = document.createDocumentFragment();
    let left = hidden;
    for (const message of messages) {
      if (isRow(message) && left-- > 0) this.#run(fragment, message.seq);
      else this.#add(fragment, this.#item(message));
      if (message.mtype === "ROOM_STATUS") this.#filters = filtersOf(message) ?? this.#filters;
    }
    this.#lines.append(fragment);
  }

  /** @param {any[]} messages older than all that are shown @returns {number} how many of them are no feed rows */
  #prepend(messages) {
    const shown = this.#items;
    const filters = this.#filters;
    const height = this.#log.scrollHeight;
    const place = this.#log.scrollTop;
    const lines = this.#lines.firstChild;
    this.#items = [];
    this.#filters = null;
    const added = document.createDocumentFragment();
    for (const message of messages) {
      if (isRow(message) && !this.#withRows) this.#run(added, message.seq);
      else this.#add(added, this.#item(message));
      if (message.mtype === "ROOM_STATUS") this.#filters = filtersOf(message) ?? this.#filters;
    }
    const found = this.#items.filter(({ message }) => message).length;
    const [last, first] = [this.#items.at(-1), shown[0]];
    if (last?.count && first?.count) {
      extendRun(first, last.from, last.to, last.count);
      last.line.remove();
      this.#items.pop();
    }
    this.#lines.insertBefore(added, lines);
    this.#items = [...this.#items, ...shown];
    this.#filters = filters;
    this.#log.scrollTop = place + this.#log.scrollHeight - height;
    if (!this.#isLive) this.#trim("bottom");
    return found;
  }

  /** @param {DocumentFragment} fragment @param {import("./lines.js").Item} item */
  #add(fragment, item) {
    item.line.dataset.seq = String(item.from);
    this.#items.push(item);
    fragment.append(item.line);
  }

  /** @param {DocumentFragment} fragment @param {number} seq */
  #run(fragment, seq) {
    let last = this.#items.at(-1);
    if (!last?.count) {
      last = runItem(seq, seq, this.#unfold);
      this.#add(fragment, last);
    }
    extendRun(last, seq, seq, 1);
  }

  #open = (/** @type {any} */ message) => this.#why.ask({ seq: String(message.seq) });

  #unfold = (/** @type {number} */ seq) => {
    byId("with-rows").checked = true;
    this.goTo(seq);
  };

  #clear() {
    this.#items = [];
    this.#filters = null;
    this.#isAtStart = false;
    this.#lines.replaceChildren();
    this.#markStart("");
  }

  /** Keep the window small. @param {"top" | "bottom"} end @returns {number} the height that is gone, in pixels */
  #trim(end) {
    const beyond = this.#items.length - MOST_LINES;
    if (beyond <= 0) return 0;
    const height = this.#log.scrollHeight;
    const gone = end === "top" ? this.#items.splice(0, beyond) : this.#items.splice(-beyond);
    for (const { line } of gone) line.remove();
    if (end === "top") this.#markStart("", false);
    return height - this.#log.scrollHeight;
  }

  #markStart(/** @type {string} */ text, isStart = text !== "") {
    this.#isAtStart = isStart;
    byId("log-start").textContent = text;
    byId("older").hidden = isStart;
  }

  #showButton() {
    const button = byId("live");
    button.hidden = this.#isLive;
    const missed = this.#missed ? `, ${this.#missed} new` : "";
    if (!button.hidden) button.textContent = `Back to now${missed} ↓`;
  }
}
