/** A feed's panel: its filter, how much of it passes, and the rows that came last. */

import { count, el, written } from "./dom.js";
import { Editor } from "./editor.js";
import { Past } from "./past.js";
import { Rates } from "./rates.js";
import { comparison, shownColumns, shownValue, valueOf } from "./rows.js";
import { passing, untouched } from "./words.js";

const SHOWN = 10;

export class Feed {
  filter;
  #why;
  #rows = /** @type {{seq: number, row: Record<string, any>}[]} */ ([]);
  #total = 0;
  #isStale = true;
  #isPaused = false;
  #isPointedAt = false;

  /** @param {import("./edgechat.js").EdgeChat} chat @param {import("./why.js").Why} why
   * @param {string} name @param {{name: string, type: string}[]} columns */
  constructor(chat, why, name, columns) {
    this.#why = why;
    this.name = name;
    this.columns = columns;
    // A room has this of the original's two feeds, and that of a feed that is added, until somebody sets another.
    this.filter = untouched(name);
    const apply = (/** @type {string} */ clause) => chat.setFilters({ [name]: clause });
    this.editor = new Editor(chat, why, this, apply);
    this.past = new Past(chat, this, this.editor);
    this.element = this.#build(apply);
    this.editor.applied(this.filter);
    this.#head();
  }

  /** @param {number} seq @param {Record<string, any>} row @param {boolean} isPast from before the join: not counted */
  take(seq, row, isPast) {
    if (!isPast) {
      this.#total += 1;
      this.rates.count();
    }
    this.#rows.push({ seq, row });
    if (this.#rows.length > 4 * SHOWN) this.#rows.splice(0, this.#rows.length - SHOWN);
    this.#isStale = true;
  }

  /** @param {number} stored */
  takeRate(stored) {
    this.rates.take(stored);
    const now = this.rates.now;
    if (!now) return;
    // They are not counted at the same moment.
    const passed = Math.min(now.passed, now.all);
    this.rateText.textContent = `${count(passed, passed < 10 ? 1 : 0)} of ${count(now.all, now.all < 10 ? 1 : 0)} rows/s pass`;
  }

  /** @param {string} filter @param {any} message the ROOM_STATUS that tells it */
  setFilter(filter, message) {
    const isSuspended = message.userstatus === "FILTERSUSPENDED" && filter === "ALL" && this.filter !== "ALL";
    const isChanged = filter !== this.filter;
    if (isChanged || isSuspended) this.#state(filter, isSuspended ? message.reason : "");
    this.filter = filter;
    // What came before does not say what passes now.
    if (isChanged) [this.#rows, this.#isStale] = [[], true];
    this.editor.applied(filter);
    if (isChanged && message.seq) this.past.refresh();
  }

  /** Show what came, unless somebody points at it or is in it with the keyboard. */
  render() {
    this.totalText.textContent = count(this.#total);
    const isFrozen = this.#isPaused || this.#isPointedAt || this.holder.matches(":focus-within");
    this.note.textContent = isFrozen ? "the table stands still, the counts go on" : "";
    if (!this.#isStale || isFrozen) return;
    this.#isStale = false;
    if (!this.head.childElementCount) this.#head();
    this.empty.hidden = this.#rows.length > 0;
    this.body.replaceChildren(...this.#rows.slice(-SHOWN).reverse().map((row, index) => this.#line(row, index)));
  }

  #build(/** @type {(clause: string) => Promise<any>} */ apply) {
    this.rateText = el("span.rate", null);
    this.totalText = el("b", null, "0");
    const canvas = el("canvas.plot", { role: "img", "aria-label": `rows of ${this.name}: passing, and all` });
    this.rates = new Rates(canvas);
    this.stateText = el("p.state", null);
    this.note = el("span.note", null);
    this.head = el("tr", null);
    this.body = el("tbody", null);
    this.empty = el("p.empty", null, "no row has passed since the filter was set");
    this.#state(this.filter, "");
    const pause = el("button", { type: "button", "aria-pressed": "false" }, "Pause");
    pause.onclick = () => {
      this.#isPaused = !this.#isPaused;
      pause.setAttribute("aria-pressed", String(this.#isPaused));
    };
    const caption = el("caption.unseen", null, `The last rows of ${this.name} that passed, newest first`);
    const table = el("table", null, caption, el("thead", null, this.head), this.body);
    this.holder = el("div.table", { tabIndex: 0, role: "region", "aria-label": `rows of ${this.name}` }, table, this.empty);
    this.holder.addEventListener("pointerenter", () => (this.#isPointedAt = true));
    this.holder.addEventListener("pointerleave", () => (this.#isPointedAt = false));
    this.holder.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.#move(event));
    const set = (/** @type {string} */ clause) => () => apply(clause).catch((error) => this.editor.refuse(error));
    return el(
      "article.feed",
      { "aria-label": this.name },
      el("header", null, el("h2", null, this.name), canvas, this.rateText, el("span.total", null, this.totalText, " passed"), pause),
      this.stateText,
      this.editor.element,
      el(
        "div.tools",
        null,
        el("button", { type: "button", onclick: set("NONE") }, "Everything"),
        el("button", { type: "button", onclick: set("ALL") }, "Nothing"),
        this.past.element,
        this.note,
      ),
      this.holder,
    );
  }

  #state(/** @type {string} */ filter, /** @type {string} */ suspended) {
    const { words, clause } = passing(filter);
    this.stateText.className = suspended ? "state suspended" : "state";
    if (suspended) this.stateText.replaceChildren("suspended, nothing passes: ", written(suspended));
    else this.stateText.replaceChildren(`${words} `, ...(clause ? [written(clause, "code")] : []));
  }

  #head() {
    const names = this.#shown();
    this.head.replaceChildren(el("th", { scope: "col" }, "#"));
    for (const name of names) this.head.append(el("th", { scope: "col" }, name));
    if (names.length) this.head.append(el("th", { scope: "col" }, el("span.unseen", null, "why")));
    else this.head.replaceChildren();
  }

  #shown() {
    const names = this.columns.length ? this.columns.map(({ name }) => name) : Object.keys(this.#rows.at(-1)?.row ?? {});
    return shownColumns(names);
  }

  /** @param {{seq: number, row: Record<string, any>}} row @param {number} index */
  #line({ seq, row }, index) {
    const line = el("tr", null, el("td.seq", null, `#${seq}`));
    this.#shown().forEach((name, place) => {
      const value = valueOf(row, name);
      const type = this.columns.find((column) => column.name === name)?.type ?? "text";
      const isNumber = ["integer", "bigint", "float"].includes(type);
      const clause = comparison(name, type, value);
      const button = written(shownValue(value), isNumber ? "button.value.number" : "button.value");
      /** @type {any} */ (button).type = "button";
      button.tabIndex = index === 0 && place === 0 ? 0 : -1;
      if (clause) {
        button.title = `filter by ${clause.slice(0, 200)}`;
        button.onclick = () => this.editor.add(clause);
      }
      line.append(el("td", null, button));
    });
    const why = el("button.why", { type: "button", tabIndex: -1, "aria-label": `why did we get #${seq}?` }, "why?");
    why.onclick = () => this.#why.ask({ seq: String(seq) });
    line.append(el("td", null, why));
    return line;
  }

  /** The arrow keys go from value to value. @param {KeyboardEvent} event */
  #move(event) {
    const steps = /** @type {Record<string, number[]>} */ ({
      ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1],
    });
    const step = steps[event.key];
    if (!step || !(event.target instanceof HTMLButtonElement)) return;
    const lines = [...this.body.rows].map((line) => [...line.querySelectorAll("button")]);
    const y = lines.findIndex((line) => line.includes(event.target));
    const x = lines[y]?.indexOf(event.target) ?? -1;
    lines[y + step[0]]?.[x + step[1]]?.focus();
    event.preventDefault();
  }
}
