/** Where one takes a name and a room. */

import { EdgeChat } from "./edgechat.js";
import { byId, el, written } from "./dom.js";
import { Servers } from "./servers.js";
import { refusal } from "./words.js";

/** Milliseconds between two looks who is where. */
const LOOK = 5000;
const NAME_KEY = "edgechat.name";
/** Remembered for this tab, until it is closed. */
const TOKEN_KEY = "edgechat.token";

/** @typedef {{roomid: number, maxusers: number, currusers?: string[], numusers?: number}} Place a room, as PENDING has it */

export class Lobby {
  #chat;
  #url;
  #servers;
  #rooms = /** @type {Place[]} */ ([]);
  #needsToken = /** @type {boolean | undefined} */ (undefined);
  #chosen = Number(new URL(location.href).searchParams.get("room") ?? NaN);

  /** @param {EdgeChat} chat not connected yet @param {URL} url @param {Servers} servers */
  constructor(chat, url, servers) {
    this.#chat = chat;
    this.#url = url;
    this.#servers = servers;
  }

  /**
   * Wait until the person is in a room.
   * @param {(wish: {name?: string, token?: string, room: number}) => Promise<any>} join
   * @returns {Promise<{name: string, number: number}>}
   */
  async joined(join) {
    const problem = byId("join-problem");
    byId("name").value ||= localStorage.getItem(NAME_KEY) ?? "";
    byId("token").value ||= sessionStorage.getItem(TOKEN_KEY) ?? "";
    this.#chat.addEventListener("status", ({ detail }) => {
      if (detail.state === "lost") problem.textContent = `No connection: ${detail.why}. Trying again …`;
      if (detail.state === "lobby" && problem.textContent.startsWith("No connection")) problem.textContent = "";
    });
    this.#chat.connect().then((welcome) => this.#tell(welcome));
    this.#servers.ready.then(() => this.#servers.areSeveral && this.#list(this.#rooms));
    const looking = setInterval(() => this.#look(), LOOK);
    return new Promise((resolve) => {
      byId("join-form").onsubmit = async (/** @type {Event} */ event) => {
        event.preventDefault();
        const who = this.#needsToken ? { token: byId("token").value.trim() } : { name: byId("name").value.trim() };
        const wish = { ...who, room: this.#chosen };
        problem.textContent = "";
        if (this.#chat.state !== "lobby") return;
        let joined;
        try {
          joined = await join(wish);
        } catch (error) {
          problem.textContent = refusal(error);
          sessionStorage.removeItem(TOKEN_KEY);
          this.#look();
          return;
        }
        clearInterval(looking);
        if (wish.token) sessionStorage.setItem(TOKEN_KEY, wish.token);
        else localStorage.setItem(NAME_KEY, joined.user);
        resolve({ name: joined.user, number: wish.room });
      };
    });
  }

  /** The service tells once who is where, to whoever connects. */
  async #look() {
    if (document.hidden || this.#chat.state !== "lobby") return;
    if (this.#servers.areSeveral) await this.#servers.look();
    const welcome = await EdgeChat.peek(this.#url).catch(() => null);
    if (welcome?.rooms && this.#chat.state === "lobby") this.#tell(welcome);
  }

  /** What PENDING says: the rooms, and whether a token is needed, which has the name. @param {any} welcome */
  #tell(welcome) {
    const needsToken = Boolean(welcome.authRequired);
    const isNews = this.#needsToken !== needsToken;
    this.#needsToken = needsToken;
    for (const [id, isShown] of /** @type {[string, boolean][]} */ ([["name", !needsToken], ["token", needsToken]])) {
      byId(`${id}-field`).hidden = !isShown;
      byId(id).required = isShown;
      if (isShown && isNews) byId(id).focus();
    }
    this.#list(welcome.rooms ?? []);
  }

  /** @param {Place[]} rooms */
  #list(rooms) {
    this.#rooms = rooms;
    const { away } = this.#servers;
    byId("rooms-away").textContent = away.length
      ? `${away.join(" and ")} ${away.length > 1 ? "are" : "is"} away, and so are the rooms there. They come back by themselves.`
      : "";
    // None yet, if the servers were quicker to tell: what the address asks for stays chosen.
    if (!rooms.length) return;
    if (!rooms.some((room) => room.roomid === this.#chosen)) {
      const free = rooms.filter((room) => occupancy(room) < room.maxusers && this.#servers.of(room.roomid)?.isUp !== false);
      this.#chosen = (free.find((room) => occupancy(room)) ?? free[0] ?? rooms[0])?.roomid ?? 0;
    }
    // A click would be lost with what was pressed. There is another look soon.
    if (byId("rooms").matches(":active")) return;
    const focused = document.activeElement?.id;
    byId("rooms").replaceChildren(...rooms.map((room) => this.#choice(room)));
    if (focused?.startsWith("room-")) byId(focused)?.focus();
  }

  /** @param {Place} room */
  #choice(room) {
    const { roomid, maxusers, currusers = [] } = room;
    const users = occupancy(room);
    const choose = () => (this.#chosen = roomid);
    const checked = roomid === this.#chosen;
    const radio = { type: "radio", name: "room", id: `room-${roomid}`, value: roomid, checked, onchange: choose };
    const full = users >= maxusers;
    const server = this.#servers.of(roomid);
    const away = server?.isUp === false;
    const names = el("span.names", null);
    currusers.slice(0, 12).forEach((name, index) => names.append(index ? ", " : "", written(name)));
    if (currusers.length > 12) names.append(", …");
    return el(
      full || away ? "label.choice.full" : "label.choice",
      null,
      el("input", radio),
      el("span.room-name", null, `Room ${roomid}`),
      names,
      server && el("span.home", null, `on ${server.name}`),
      el("span.occupancy", null, away ? "away" : full ? `full, ${maxusers}` : `${users} of ${maxusers}`),
    );
  }
}

/** How many are in a room: of a large one nobody is named. @param {{currusers?: string[], numusers?: number}} room */
function occupancy(room) {
  return room.numusers ?? room.currusers?.length ?? 0;
}
