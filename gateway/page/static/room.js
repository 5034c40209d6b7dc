/** A room: who is here, the connection, and the two panes. */

import { EdgeChat } from "./edgechat.js";
import { announce, byId, el, written } from "./dom.js";
import { Feeds } from "./feeds.js";
import { Servers } from "./servers.js";
import { Talk } from "./talk.js";
import { Why } from "./why.js";
import { refusal } from "./words.js";

/** Milliseconds between two times that what came is shown. */
const TICK = 250;
/** Milliseconds between two looks where the room lives, where there are several servers. */
const LOOK = 10_000;
/** After a return, at which thousands may come together, each looks at another moment within this time. */
const SPREAD = 2000;
/** People who are named above the room, at most; more are counted. */
const MOST_SHOWN = 20;

export class Room {
  #chat;
  #name = "";
  #number = 0;
  #servers;

  /** @param {EdgeChat} chat not connected yet: from its first message on everything is taken @param {Servers} servers */
  constructor(chat, servers) {
    this.#chat = chat;
    this.#servers = servers;
    const why = new Why(chat);
    this.talk = new Talk(chat, why);
    this.feeds = new Feeds(chat, why);
    chat.addEventListener("message", ({ detail }) => this.#take(detail));
    chat.addEventListener("status", ({ detail }) => this.#tell(detail));
  }

  /** Be in the room until the person leaves, or cannot come back. @param {string} name @param {number} number */
  async stay(name, number) {
    this.#name = name;
    this.#number = number;
    // Again: whoever is here was told of before it was known whose window this is.
    this.#list();
    const address = new URL(location.href);
    address.searchParams.set("room", String(number));
    history.replaceState(null, "", address);
    document.title = `Room ${number} · edge-chatroom`;
    byId("room-title").textContent = `Room ${number}`;
    this.#show("talk");
    // A fast person may be here before that is known.
    this.#showHome();
    this.#servers.ready.then(() => this.#showHome());
    byId("show-talk").onclick = () => this.#show("talk");
    byId("show-feeds").onclick = () => this.#show("feeds");
    byId("comment-form").onsubmit = (/** @type {Event} */ event) => this.#say(event);
    byId("comment").focus();
    this.talk.open();
    this.feeds.open();
    const ticking = setInterval(() => (this.talk.render(), this.feeds.render()), TICK);
    const looking = setInterval(() => this.#look(), LOOK);
    const why = await new Promise((resolve) => {
      byId("leave").onclick = () => (this.#chat.close(), resolve(""));
      this.#chat.addEventListener("status", ({ detail }) => detail.state === "ended" && resolve(detail.why));
    });
    clearInterval(ticking);
    clearInterval(looking);
    this.feeds.close();
    this.talk.close();
    document.title = "edge-chatroom";
    byId("join-problem").textContent = why ? `You are no longer in the room: ${why}.` : "";
  }

  /** @param {any} message */
  #take(message) {
    if (message.mtype === "ROOM_STATUS") {
      if (message.userstatus !== "PENDING") this.#list();
      this.feeds.takeStatus(message);
    }
    if (message.seq === undefined) return;
    this.feeds.take(message);
    this.talk.take(message);
  }

  async #look() {
    if (document.hidden || !this.#servers.areSeveral) return;
    await this.#servers.look();
    this.#showHome();
  }

  /** Show on which server the room lives; with one server there is no word of it. */
  #showHome() {
    const server = this.#servers.of(this.#number);
    const words = server ? `on ${server.name}${server.isUp ? "" : ", which is away"}` : "";
    const home = byId("home");
    home.className = server && !server.isUp ? "home away" : "home";
    if (home.textContent !== words) home.textContent = words;
  }

  /** Show who is here; of a large room the client is asked to find out, once, and keeps the list. */
  #list() {
    const { users, userCount } = this.#chat;
    if (!users && this.#chat.state === "joined") this.#chat.listUsers().then(() => this.#list(), () => {});
    const names = users ?? [];
    const here = byId("here");
    here.replaceChildren(el("span.unseen", null, "Here: "));
    // Of many, those are shown for whom there is place: their number comes first, and then whoever looks at it.
    if (userCount > MOST_SHOWN) here.append(el("span.count", null, `${userCount} people`));
    const shown = names.includes(this.#name) ? [this.#name, ...names.filter((name) => name !== this.#name)] : names;
    for (const name of (userCount > MOST_SHOWN ? shown : names).slice(0, MOST_SHOWN)) {
      here.append(written(name, name === this.#name ? "bdi.person.me" : "bdi.person"));
    }
    here.title = names.slice(0, 200).join(", ");
  }

  /** @param {{state: string, why: string, retryAt: number}} status */
  #tell({ state, why }) {
    const link = byId("link");
    link.className = state === "joined" ? "link" : "link away";
    // What was said of a comment that had no answer: the room shows by now whether it came.
    if (state === "joined") byId("comment-problem").textContent = "";
    // The room may have been moved.
    if (state === "joined" && this.#name) setTimeout(() => this.#look(), SPREAD * Math.random());
    if (state === "joined") link.textContent = "live";
    else if (state === "lost") link.textContent = `connection lost (${why}); coming back …`;
    else if (state === "connecting" && this.#name) link.textContent = "coming back …";
  }

  /** @param {Event} event */
  async #say(event) {
    event.preventDefault();
    const field = byId("comment");
    const problem = byId("comment-problem");
    const text = field.value;
    if (!text) return;
    problem.textContent = "";
    field.value = "";
    try {
      await this.#chat.comment(text);
    } catch (error) {
      field.value ||= text;
      problem.textContent = refusal(error);
      announce(refusal(error));
    }
  }

  /** For narrow windows, which have place for one pane. @param {string} pane */
  #show(pane) {
    /** @type {any} */ (document.querySelector(".panes")).dataset.shown = pane;
    for (const name of ["talk", "feeds"]) byId(`show-${name}`).setAttribute("aria-pressed", String(name === pane));
  }
}
