/** The filters that the room had of a feed: to look at, to take up again, and to undo the last change. */

import { el, written } from "./dom.js";
import { passing, untouched, when } from "./words.js";

const ASKED = 60;
const SHOWN = 12;

export class Past {
  #chat;
  #feed;
  #editor;
  #filters = /** @type {any[]} */ ([]);
  #list = el("ul", null);
  #undo = el("button", { type: "button", disabled: true }, "Undo");

  /** @param {import("./edgechat.js").EdgeChat} chat @param {{name: string, filter: string}} feed
   * @param {import("./editor.js").Editor} editor */
  constructor(chat, feed, editor) {
    this.#chat = chat;
    this.#feed = feed;
    this.#editor = editor;
    this.#undo.onclick = () => this.#takeBack();
    this.details = el("details.past", null, el("summary", null, "Recent filters"), this.#list);
    this.details.ontoggle = () => this.details.open && this.refresh();
    this.element = el("div.past-tools", null, this.#undo, this.details);
  }

  /** Ask anew. */
  async refresh() {
    if (this.#chat.state !== "joined") return;
    const answer = await this.#chat.ask("FILTERS", { history: ASKED }).catch(() => null);
    if (!answer) return;
    this.#filters = (answer.pastFilters ?? []).filter((/** @type {any} */ past) => past.feed === this.#feed.name);
    this.#undo.disabled = this.#before() === null;
    this.#undo.title = this.#before() === null ? "" : `back to ${this.#before()}`;
    const lines = this.#filters.slice(0, SHOWN).map((past) => this.#line(past));
    this.#list.replaceChildren(...(lines.length ? lines : [el("li", null, "nobody has set one yet")]));
  }

  /** The clause that the present one replaced; null if there was none. */
  #before() {
    const before = this.#filters.find(({ state, clause }) => state !== "active" && clause !== this.#feed.filter);
    if (before) return before.clause;
    return this.#filters.length ? untouched(this.#feed.name) : null;
  }

  async #takeBack() {
    const clause = this.#before();
    if (clause === null) return;
    this.#undo.disabled = true;
    await this.#chat.setFilters({ [this.#feed.name]: clause }).catch((error) => this.#editor.refuse(error));
    this.refresh();
  }

  /** @param {any} past */
  #line({ clause, setBy, setAt, state, reason }) {
    const { words, clause: code } = passing(clause);
    const take = el("button.clause", { type: "button", title: "take it into the field" }, code ? written(code, "code") : words);
    take.onclick = () => this.#editor.set(clause);
    const who = el("span.by", null, setBy ? written(setBy) : "", setAt ? ` ${when(Number(setAt))}` : "");
    const told = state === "suspended" ? el("span.warning", null, "suspended: ", written(reason ?? "")) : el("span.by", null, state);
    return el("li", null, take, " ", who, " ", told);
  }
}
