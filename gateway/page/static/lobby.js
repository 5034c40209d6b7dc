/** Where one takes a name and a room. */

import { EdgeChat } from "./edgechat.js";
import { byId, el, written } from "./dom.js";
import { refusal } from "./words.js";

/** Milliseconds between two looks who is where. */
const LOOK = 5000;
const NAME_KEY = "edgechat.name";

export class Lobby {
  #chat;
  #url;
  #chosen = Number(new URL(location.href).searchParams.get("room") ?? NaN);

  /** @param {EdgeChat} chat not connected yet @param {URL} url */
  constructor(chat, url) {
    this.#chat = chat;
    this.#url = url;
  }

  /**
   * Wait until the person is in a room.
   * @param {(wish: {name: string, room: number}) => Promise<any>} join
   * @returns {Promise<{name: string, number: number}>}
   */
  async joined(join) {
    const problem = byId("join-problem");
    byId("name").value ||= localStorage.getItem(NAME_KEY) ?? "";
    this.#chat.addEventListener("status", ({ detail }) => {
      if (detail.state === "lost") problem.textContent = `No connection: ${detail.why}. Trying again …`;
      if (detail.state === "lobby" && problem.textContent.startsWith("No connection")) problem.textContent = "";
    });
    this.#chat.connect().then((welcome) => this.#list(welcome.rooms ?? []));
    const looking = setInterval(() => this.#look(), LOOK);
    byId("name").focus();
    return new Promise((resolve) => {
      byId("join-form").onsubmit = async (/** @type {Event} */ event) => {
        event.preventDefault();
        const wish = { name: byId("name").value.trim(), room: this.#chosen };
        problem.textContent = "";
        if (this.#chat.state !== "lobby") return;
        try {
          wish.name = (await join(wish)).user ?? wish.name;
        } catch (error) {
          problem.textContent = refusal(error);
          this.#look();
          return;
        }
        clearInterval(looking);
        localStorage.setItem(NAME_KEY, wish.name);
        resolve({ name: wish.name, number: wish.room });
      };
    });
  }

  /** The service tells once who is where, to whoever connects. */
  async #look() {
    if (document.hidden || this.#chat.state !== "lobby") return;
    const { rooms } = await EdgeChat.peek(this.#url).catch(() => ({ rooms: null }));
    if (rooms && this.#chat.state === "lobby") this.#list(rooms);
  }

  /** @param {{roomid: number, maxusers: number, currusers?: string[]}[]} rooms */
  #list(rooms) {
    if (!rooms.some((room) => room.roomid === this.#chosen)) {
      const free = rooms.filter((room) => (room.currusers?.length ?? 0) < room.maxusers);
      this.#chosen = (free.find((room) => room.currusers?.length) ?? free[0] ?? rooms[0])?.roomid ?? 0;
    }
    const focused = document.activeElement?.id;
    byId("rooms").replaceChildren(...rooms.map((room) => this.#choice(room)));
    if (focused?.startsWith("room-")) byId(focused)?.focus();
  }

  /** @param {{roomid: number, maxusers: number, currusers?: string[]}} room */
  #choice({ roomid, maxusers, currusers = [] }) {
    const choose = () => (this.#chosen = roomid);
    const checked = roomid === this.#chosen;
    const radio = { type: "radio", name: "room", id: `room-${roomid}`, value: roomid, checked, onchange: choose };
    const full = currusers.length >= maxusers;
    const names = el("span.names", null);
    currusers.slice(0, 12).forEach((name, index) => names.append(index ? ", " : "", written(name)));
    if (currusers.length > 12) names.append(", …");
    return el(
      full ? "label.choice.full" : "label.choice",
      null,
      el("input", radio),
      el("span.room-name", null, `Room ${roomid}`),
      names,
      el("span.occupancy", null, full ? `full, ${maxusers}` : `${currusers.length} of ${maxusers}`),
    );
  }
}
