/** The feeds beside the talk: one panel each, as they come and go. */

import { EdgeChat } from "./edgechat.js";
import { byId } from "./dom.js";
import { Feed } from "./feed.js";
import { STEP } from "./rates.js";
import { rowOf } from "./rows.js";
import { filtersOf } from "./words.js";

export class Feeds {
  #chat;
  #why;
  #feeds = /** @type {Map<string, Feed>} */ (new Map());
  #asking = /** @type {any} */ (undefined);
  #isLooking = false;
  // Until the own USERJOINED comes in its place, rows are of before.
  #isPast = true;

  /** @param {EdgeChat} chat @param {import("./why.js").Why} why */
  constructor(chat, why) {
    this.#chat = chat;
    this.#why = why;
  }

  open() {
    byId("feeds").replaceChildren(...[...this.#feeds.values()].map((feed) => feed.element));
    this.#asking = setInterval(() => this.#askRates(), STEP);
    this.#askRates();
    for (const feed of this.#feeds.values()) feed.past.refresh();
  }

  close() {
    clearInterval(this.#asking);
    byId("feeds").replaceChildren();
  }

  /** A message with a feed row, or any other. @param {any} message */
  take(message) {
    const found = rowOf(message);
    if (!found) return;
    const feed = this.#feeds.get(found.feed);
    if (feed) feed.take(message.seq, found.row, this.#isPast);
    else this.#look();
  }

  /** @param {any} message */
  takeStatus(message) {
    if (message.userstatus === "PENDING") return this.#list(message.feeds ?? []);
    if (message.userstatus === "USERJOINED" && message.seq && message.user === this.#chat.name) this.#isPast = false;
    const filters = filtersOf(message);
    const isRoom = ["USERJOINED", "FILTERAPPLIED", "FILTERSUSPENDED"].includes(message.userstatus);
    if (!filters || !isRoom) return;
    // Without a user, it tells of a feed that was removed.
    const isTold = message.userstatus === "FILTERAPPLIED" && !message.user;
    if (isTold || [...filters.keys()].some((name) => !this.#feeds.has(name))) this.#look();
    for (const feed of this.#feeds.values()) feed.setFilter(filters.get(feed.name) ?? feed.filter, message);
  }

  render() {
    for (const feed of this.#feeds.values()) feed.render();
  }

  /** @param {{name: string, columns?: {name: string, type: string}[]}[]} infos */
  #list(infos) {
    const names = new Set(infos.map(({ name }) => name));
    for (const [name, feed] of this.#feeds) {
      if (names.has(name)) continue;
      feed.element.remove();
      this.#feeds.delete(name);
    }
    for (const { name, columns = [] } of infos) {
      const known = this.#feeds.get(name);
      if (known) known.columns = columns;
      else this.#add(new Feed(this.#chat, this.#why, name, columns));
    }
  }

  /** @param {Feed} feed */
  #add(feed) {
    this.#feeds.set(feed.name, feed);
    byId("feeds").append(feed.element);
    if (this.#chat.state === "joined") feed.past.refresh();
  }

  async #askRates() {
    if (document.hidden || this.#chat.state !== "joined") {
      for (const feed of this.#feeds.values()) feed.rates.interrupt();
      return;
    }
    const answer = await this.#chat.ask("RATES").catch(() => ({ rates: [] }));
    const rates = answer.rates ?? [];
    for (const { feed, rows } of rates) this.#feeds.get(feed)?.takeRate(Number(rows));
    const names = rates.map((/** @type {any} */ rate) => rate.feed);
    const isNew = names.some((/** @type {string} */ name) => !this.#feeds.has(name));
    const isGone = names.length > 0 && [...this.#feeds.keys()].some((name) => !names.includes(name));
    if (isNew || isGone) this.#look();
  }

  /** A feed came or went: the service tells the columns to whoever connects. */
  async #look() {
    if (this.#isLooking) return;
    this.#isLooking = true;
    try {
      this.#list((await EdgeChat.peek(this.#chat.url)).feeds ?? []);
    } catch {
      // The connection of this page tells what is wrong.
    } finally {
      setTimeout(() => (this.#isLooking = false), STEP);
    }
  }
}
