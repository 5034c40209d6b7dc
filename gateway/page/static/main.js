/** The page: first the lobby, then a room. */

import { EdgeChat } from "./edgechat.js";
import { byId } from "./dom.js";
import { Lobby } from "./lobby.js";
import { Room } from "./room.js";
import { Servers } from "./servers.js";

const HISTORY = 300;

/** The gateway is where the page is, whatever a proxy put before its path. */
const url = new URL(".", location.href);
url.protocol = url.protocol === "https:" ? "wss:" : "ws:";

async function run() {
  const servers = new Servers();
  for (;;) {
    const chat = new EdgeChat(url);
    const room = new Room(chat, servers);
    const lobby = new Lobby(chat, url, servers);
    show("lobby");
    const { name, number } = await lobby.joined((wish) => chat.join({ ...wish, history: HISTORY }));
    show("room");
    await room.stay(name, number);
  }
}

/** @param {string} what */
function show(what) {
  for (const id of ["lobby", "room"]) byId(id).hidden = id !== what;
}

run();
