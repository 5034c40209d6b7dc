/** The field in which a filter is written: completed and checked while one types, applied when one says so. */

import { announce, count, el, later, written } from "./dom.js";
import { placeIn, proposals, questions } from "./complete.js";
import { both, parseRow, shownColumns, shownValue } from "./rows.js";
import { refusal } from "./words.js";

/** Milliseconds without a key after which the service is asked. */
const PAUSE = 250;
const MOST_PROPOSALS = 12;
let number = 0;

export class Editor {
  #chat;
  #why;
  #feed;
  #apply;
  #id = `filter-${++number}`;
  #proposals = /** @type {import("./complete.js").Proposal[]} */ ([]);
  #active = -1;
  #inForce = "NONE";
  #asked = 0;

  /** @param {import("./edgechat.js").EdgeChat} chat @param {import("./why.js").Why} why
   * @param {{name: string, columns: {name: string, type: string}[]}} feed @param {(clause: string) => Promise<any>} apply */
  constructor(chat, why, feed, apply) {
    this.#chat = chat;
    this.#why = why;
    this.#feed = feed;
    this.#apply = apply;
    this.element = this.#build();
  }

  /** The filter in force changed: the field shows it, unless somebody is at work there. @param {string} filter */
  applied(filter) {
    const isUntouched = this.field.value.trim() === clauseShown(this.#inForce);
    this.#inForce = filter;
    if (isUntouched) this.field.value = clauseShown(filter);
    this.#mark(0);
    this.#showState();
  }

  /** Put a clause into the field. @param {string} clause */
  set(clause) {
    this.field.value = clauseShown(clause);
    this.field.focus();
    this.#close();
    this.#showState();
    this.#check(0);
  }

  /** Rows must also have this. @param {string} comparison */
  add(comparison) {
    this.set(both(this.field.value, comparison));
  }

  /** Say why the service did not take the clause, and mark the place. @param {any} error */
  refuse(error) {
    this.#mark(error.reasonAt ?? 0);
    const text = refusal(error);
    this.result.className = "result problem";
    this.result.replaceChildren(written(text));
    this.field.setAttribute("aria-invalid", "true");
    announce(text);
  }

  #build() {
    const id = this.#id;
    this.field = el("input", {
      id,
      type: "text",
      spellcheck: false,
      autocomplete: "off",
      placeholder: "everything, until you write what to see: try tennis, or click a value below",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": `${id}-list`,
      "aria-describedby": `${id}-result`,
      "autocapitalize": "off",
      oninput: () => this.#typed(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.#pressed(event),
      onfocus: () => this.#complete(),
      // Who is back by then may be choosing already.
      onblur: () => setTimeout(() => document.activeElement !== this.field && this.#close(), 150),
      onscroll: () => (this.mirror.scrollLeft = this.field.scrollLeft),
    });
    if (!this.#feed.columns.some(({ name }) => name === "sport_name")) this.field.placeholder = "write what to see, or click a value below";
    this.mirror = el("div.mirror", { "aria-hidden": "true" });
    this.list = el("ul.proposals", { id: `${id}-list`, role: "listbox", "aria-label": "may come next", hidden: true });
    this.button = el("button.primary", { type: "submit", disabled: true }, "Apply");
    this.result = el("p.result", { id: `${id}-result` });
    this.examples = el("ul.examples", null);
    const submit = (/** @type {Event} */ event) => (event.preventDefault(), this.#submit());
    return el(
      "form.editor",
      { onsubmit: submit, autocomplete: "off" },
      el("label", { htmlFor: id }, "where"),
      el("div.field", null, this.mirror, this.field, this.list),
      this.button,
      this.result,
      this.examples,
    );
  }

  #typed() {
    this.#mark(0);
    this.#showState();
    this.#complete();
    this.#check();
  }

  async #submit() {
    this.#close();
    try {
      const answer = await this.#apply(this.field.value.trim() || "NONE");
      this.#inForce = answer.filters?.find((/** @type {any} */ f) => f.feed === this.#feed.name)?.clause ?? this.#inForce;
      this.field.value = clauseShown(this.#inForce);
      this.result.className = "result";
      this.result.replaceChildren(answer.reason ? written(answer.reason) : "applied for the whole room");
      this.examples.replaceChildren();
    } catch (error) {
      this.refuse(error);
    }
    this.#showState();
  }

  #showState() {
    const isChanged = (this.field.value.trim() || "NONE") !== this.#inForce;
    this.button.disabled = !isChanged;
    if (isChanged) return;
    this.examples.replaceChildren();
    if (!this.result.classList.contains("problem")) return;
    this.result.className = "result";
    this.result.replaceChildren();
  }

  /** Underline a character, from 1; 0 is none. @param {number} at */
  #mark(at) {
    const characters = [...this.field.value];
    this.field.removeAttribute("aria-invalid");
    this.mirror.replaceChildren();
    if (!at || at > characters.length + 1) return;
    const rest = characters.slice(at - 1).join("");
    const word = rest.match(/^[\p{L}\p{N}_]+|^'(?:[^']|'')*'?|^./u)?.[0] ?? " ";
    this.mirror.append(characters.slice(0, at - 1).join(""), el("mark", null, word), rest.slice(word.length));
    this.mirror.scrollLeft = this.field.scrollLeft;
  }

  // What the clause would do.

  #checkLater = later(() => this.#check(0), PAUSE);

  async #check(pause = PAUSE) {
    const clause = this.field.value.trim();
    if (pause) return this.#checkLater();
    const asked = ++this.#asked;
    if (!clause || clause === this.#inForce || this.#chat.state !== "joined") return;
    try {
      const { preview } = await this.#chat.ask("PREVIEW", { feed: this.#feed.name, clause: this.field.value });
      if (asked !== this.#asked || !preview) return;
      this.#mark(0);
      this.#showPreview(preview);
    } catch (/** @type {any} */ error) {
      if (asked !== this.#asked || error.name !== "Refusal" || (this.#active >= 0 && !this.list.hidden)) return;
      this.examples.replaceChildren();
      this.refuse(error);
    }
  }

  /** @param {any} preview */
  #showPreview({ examined = 0, matching = 0, perMinute = 0, examples = [], warning }) {
    this.result.className = warning || (examined && !matching) ? "result warned" : "result";
    const rate = perMinute ? `, about ${count(perMinute, perMinute < 10 ? 1 : 0)} rows a minute` : "";
    this.result.replaceChildren(`${count(matching)} of the newest ${count(examined)} rows match${rate}`);
    if (warning) this.result.append(" · ", written(warning));
    else if (examined && !matching && /'[^']*\p{L}/u.test(this.field.value)) this.result.append(" · capitals count in texts");
    this.examples.replaceChildren(...examples.map((/** @type {any} */ example) => this.#example(example)));
  }

  /** @param {{rowId: string, row: string}} example */
  #example({ rowId, row }) {
    const values = parseRow(row);
    const line = el("li", null);
    for (const name of shownColumns(Object.keys(values))) line.append(written(shownValue(values[name]), "bdi.value"), " ");
    const why = el("button.why", { type: "button", "aria-label": "did we get this row, and why?" }, "why?");
    why.onclick = () => this.#why.ask({ feed: this.#feed.name, rowId });
    line.append(why);
    return line;
  }

  // What may come next: the combobox pattern of the ARIA Authoring Practices.

  async #complete() {
    const caret = this.field.selectionStart ?? this.field.value.length;
    const place = placeIn(this.field.value.slice(0, caret), this.#feed.columns);
    const known = proposals(place, this.#feed.columns);
    this.#offer(known);
    this.#askValues(place, known, this.field.value);
  }

  #askValues = later(async (place, known, typed) => {
    const asked = questions(place, this.#feed.columns);
    if (!asked.length || this.#chat.state !== "joined") return;
    const found = await Promise.all(asked.map((question) => this.#values(question, place.from)));
    if (typed !== this.field.value || document.activeElement !== this.field) return;
    this.#offer([...known, ...found.flat().sort((a, b) => b.rows - a.rows)]);
    // Somebody wrote what they want to see: Enter takes the comparison that says so.
    if (place.expects === "column" && !known.length && this.#proposals.length && !this.list.hidden) this.#suggest();
  }, PAUSE / 2);

  #suggest() {
    this.#activate(0);
    this.#mark(0);
    this.result.className = "result";
    this.result.replaceChildren("Enter takes ", written(this.#proposals[0].text, "code"));
  }

  /** @param {{column: {name: string}, prefix: string, write: (literal: string) => string}} question @param {number} from */
  async #values({ column, prefix, write }, from) {
    const fields = { feed: this.#feed.name, column: column.name, ...(prefix && { prefix }) };
    const { values = [] } = await this.#chat.ask("VALUES", fields).catch(() => ({}));
    return values.map((/** @type {any} */ value) => ({
      text: write(value.literal),
      from,
      rows: value.count,
      note: `${count(value.count)} of the newest rows`,
    }));
  }

  /** @param {import("./complete.js").Proposal[]} found */
  #offer(found) {
    this.#proposals = found.slice(0, MOST_PROPOSALS);
    this.#active = -1;
    const lines = this.#proposals.map(({ text, note }, index) => {
      const line = el("li", { id: `${this.#id}-${index}`, role: "option", "aria-selected": "false" }, written(text), el("span", null, note));
      line.onpointerdown = (/** @type {Event} */ event) => (event.preventDefault(), this.#choose(index));
      return line;
    });
    this.list.replaceChildren(...lines);
    this.list.hidden = !lines.length || document.activeElement !== this.field;
    this.field.setAttribute("aria-expanded", String(!this.list.hidden));
    this.field.removeAttribute("aria-activedescendant");
  }

  #close() {
    this.list.hidden = true;
    this.#active = -1;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }

  /** @param {number} index */
  #choose(index) {
    const { text, from } = this.#proposals[index];
    const caret = this.field.selectionStart ?? this.field.value.length;
    const rest = this.field.value.slice(caret);
    this.field.setRangeText(`${text}${/^\s/.test(rest) ? "" : " "}`, from, caret, "end");
    this.#typed();
  }

  /** @param {KeyboardEvent} event */
  #pressed(event) {
    const size = this.list.hidden ? 0 : this.#proposals.length;
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && !size) this.#complete();
    else if (event.key === "ArrowDown") this.#activate((this.#active + 1) % size);
    else if (event.key === "ArrowUp") this.#activate(this.#active <= 0 ? size - 1 : this.#active - 1);
    else if (event.key === "Escape" && size) this.#close();
    else if ((event.key === "Enter" || event.key === "Tab") && size && this.#active >= 0) this.#choose(this.#active);
    else return;
    event.preventDefault();
  }

  /** @param {number} index */
  #activate(index) {
    this.list.children[this.#active]?.setAttribute("aria-selected", "false");
    this.#active = index;
    const line = this.list.children[index];
    line.setAttribute("aria-selected", "true");
    line.scrollIntoView({ block: "nearest" });
    this.field.setAttribute("aria-activedescendant", line.id);
  }
}

/** What the field shows of a filter: nothing for the two that are words. @param {string} filter */
function clauseShown(filter) {
  return filter === "NONE" || filter === "ALL" ? "" : filter;
}
