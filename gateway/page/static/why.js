/** Why the room got a feed row, or did not. */

import { byId, el, written } from "./dom.js";
import { parseRow, shownValue } from "./rows.js";
import { refusal } from "./words.js";

export class Why {
  #chat;

  /** @param {import("./edgechat.js").EdgeChat} chat */
  constructor(chat) {
    this.#chat = chat;
  }

  /** Ask and show. @param {{seq: string} | {feed: string, rowId: string}} row */
  async ask(row) {
    const dialog = byId("why");
    const body = byId("why-body");
    body.replaceChildren("…");
    byId("why-title").textContent = "Why?";
    if (!dialog.open) dialog.showModal();
    try {
      const answer = await this.#chat.ask("EXPLAIN", row);
      const got = answer.seq ? `The room got this row of ${answer.feed} as #${answer.seq}` : `The room did not get this row of ${answer.feed}`;
      byId("why-title").textContent = got;
      body.replaceChildren(table(Object.entries(parseRow(answer.row ?? "{}"))), reasons(answer.explanation ?? []));
    } catch (error) {
      body.replaceChildren(el("p.problem", null, refusal(error)));
    }
  }
}

/** @param {[string, any][]} values */
function table(values) {
  const list = el("dl.facts", null);
  for (const [name, value] of values) list.append(el("dt", null, name), el("dd", null, written(shownValue(value))));
  return list;
}

/** @param {{item: string, value: string}[]} items */
function reasons(items) {
  const list = el("dl.facts.reasons", null);
  for (const { item, value } of items) list.append(el("dt", null, item), el("dd", null, written(value ?? "", "code")));
  return list;
}
