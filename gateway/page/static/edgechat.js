/**
 * A client of edge-chatroom for browsers, and for whatever else has WebSocket and EventTarget. No dependencies.
 *
 *   const chat = new EdgeChat("ws://localhost:4242");
 *   await chat.connect();
 *   await chat.join({ name: "zoe", room: 3, history: 100 });
 *   chat.addEventListener("message", ({ detail }) => console.log(detail.seq, detail.mtype));
 *   await chat.setFilters({ sport_event: "sport_name = 'TENNIS'" });
 *
 * Messages are the chatmessages of docs/protocol.md in protobuf's JSON mapping, but for `seq` and `removedSeq`, numbers here.
 * After a lost connection it comes back by itself and goes on where it was: no message is missing, and none comes twice.
 */

export const SUBPROTOCOL = "edgechat.json";

const FIRST_PAUSE = 400;
/** Milliseconds. */
const longestPause = 15_000;

/** Mend the client: the same would happen again. */
const FATAL = new Set([1002, 1003, 1007, 1008, 1009, 1010]);
/** Milliseconds before its expiry at which a token is renewed, or after half of its time if that is less. */
const RENEW_BEFORE = 60_000;
const LONGEST_TIMER = 2 ** 31 - 1;
/** Moderators removed the member, or closed the room. */
const MODERATED = new Set([4002, 4003]);
const TAKEN_BACK = "resumed on another connection";

const AT_ONCE = 15;
const PER_SECOND = 4.5;
/** Milliseconds without an answer after which the connection counts as dead. */
const PATIENCE = 20_000;

/** The service said no: `status` as in `userstatus`, `reason` in words, `reasonAt` the character of the clause, from 1. */
export class Refusal extends Error {
  /** @param {Message} message */
  constructor(message) {
    super(message.reason || message.userstatus || "refused");
    this.name = "Refusal";
    this.status = message.userstatus ?? "";
    this.reason = message.reason ?? "";
    this.reasonAt = message.reasonAt;
  }
}

/** The connection ended before the answer came; whether what was asked for was done is not known. */
export class ConnectionLost extends Error {
  /** @param {string} [why] what the service said */
  constructor(why) {
    super(`the connection was lost before the answer came${why ? `: ${why}` : ""}`);
    this.name = "ConnectionLost";
  }
}

/** @typedef {Record<string, any> & {mtype: string, seq?: number}} Message */
/** @typedef {string | (() => string | Promise<string>)} Token a token, or what gives a fresh one whenever it is needed */
/** @typedef {{resolve: (message: Message) => void, reject: (error: Error) => void}} Waiting */

/**
 * Events: "message" (detail: the message, in the room's order), "status" (detail: {state, why, retryAt}).
 * States: idle, connecting, lobby (connected, in no room), joining, joined, lost (it will try again), ended.
 */
export class EdgeChat extends EventTarget {
  #socket = /** @type {WebSocket | null} */ (null);
  #member = /** @type {{name: string, room: number, resume: string, token?: Token, entered: boolean} | null} */ (null);
  #waiting = { welcome: /** @type {Waiting[]} */ ([]), join: [], renewal: [], comment: [], filter: [] };
  #people = new People();
  #listing = /** @type {Promise<string[]> | null} */ (null);
  /** What is asked while the connection closes is asked in vain, which is told when it has closed. */
  #questions = new Questions((text) => this.#socket?.readyState === 1 && this.#socket.send(text), () => this.#socket?.close(4000, "no answer"));
  #tries = 0;
  #timer = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);
  #renewing = /** @type {ReturnType<typeof setTimeout> | undefined} */ (undefined);

  /** @param {string | URL} url of the gateway, ws: or wss: */
  constructor(url) {
    super();
    this.url = String(url);
    this.state = "idle";
    /** The last seq that was seen in this room. */
    this.lastSeq = 0;
    /** The last PENDING: rooms with their members, and the feeds with their columns. */
    this.welcome = /** @type {Message | null} */ (null);
    /** Who is in the room; null if that is not known, as of a large room until `listUsers` was called. */
    this.users = /** @type {string[] | null} */ (null);
    /** How many are in the room. */
    this.userCount = 0;
    globalThis.addEventListener?.("online", () => this.retry());
  }

  /** The name in the room, "" in none. */
  get name() {
    return this.#member?.name ?? "";
  }

  /** Connect, once. @returns {Promise<Message>} PENDING, with `rooms` and `feeds` */
  connect() {
    const welcome = this.#expect("welcome");
    if (!this.#socket) this.#open();
    return welcome;
  }

  /**
   * Who is where, and which feeds there are, at this moment: the service tells that to whoever connects.
   * @param {string | URL} url @returns {Promise<Message>} PENDING
   */
  static peek(url) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(url, SUBPROTOCOL);
      socket.onclose = () => reject(new ConnectionLost());
      socket.onmessage = ({ data }) => (resolve(JSON.parse(data)), socket.close(1000));
    });
  }

  /**
   * Join a room. `history`: how many of its last messages to get first. Where PENDING has `authRequired`, a `token` says who
   * one is; a function is asked for a fresh one at each join and return, and before the last one expires.
   * @param {{name?: string, room?: number, history?: number, token?: Token}} options
   * @returns {Promise<Message>} the own USERJOINED; rejects with a Refusal, after which it may be tried again
   */
  join({ name, room = 0, history, token }) {
    this.#member = { name: name ?? "", room, resume: "", token, entered: false };
    this.lastSeq = 0;
    this.#people = new People();
    this.#tellUsers();
    this.#become("joining");
    const joined = this.#expect("join");
    this.#knock({ user: name, roomid: room, ...(history !== undefined && { history }) });
    return joined;
  }

  /**
   * Show the service a fresh token before the last one expires: the connection stays, and the room notices nothing.
   * @param {Token} [token] another one from now on @returns {Promise<Message>} TOKENRENEWED; rejects with a Refusal
   */
  renew(token) {
    if (!this.#member || this.state !== "joined") return Promise.reject(new ConnectionLost());
    this.#member.token = token ?? this.#member.token;
    const renewed = this.#expect("renewal");
    this.#knock({ roomid: this.#member.room });
    return renewed;
  }

  /** Say something. @param {string} text @returns {Promise<Message>} the comment as everybody gets it */
  comment(text) {
    const posted = this.#expect("comment");
    this.#send({ mtype: "COMMENT", comment: text });
    return posted;
  }

  /**
   * Set the room's filters: clauses by feed, or NONE (filter nothing out), ALL (filter everything out).
   * @param {Record<string, string>} clauses @returns {Promise<Message>} FILTERAPPLIED
   */
  setFilters(clauses) {
    const applied = this.#expect("filter");
    this.#send({ mtype: "FILTER", filters: Object.entries(clauses).map(([feed, clause]) => ({ feed, clause })) });
    return applied;
  }

  /**
   * Ask a question of docs/protocol.md, "Questions": ask("PREVIEW", {feed, clause}), ask("RATES"). It waits its turn if
   * the service takes no more at the moment.
   * @param {string} mtype @param {Record<string, any>} [fields] @returns {Promise<Message>} rejects with a Refusal
   */
  async ask(mtype, fields = {}) {
    if (this.state !== "joined") throw new ConnectionLost();
    const answer = await this.#questions.ask(mtype, fields);
    if (answer === null) throw new ConnectionLost();
    if (answer.reason && !answer.preview) throw new Refusal(answer);
    if (answer.messages) answer.messages = answer.messages.map(numbered);
    return answer;
  }

  /**
   * Who is in the room, those who have been there the longest first. Of a large room the service is asked, once: from then
   * on `users` is kept up to date. @returns {Promise<string[]>}
   */
  async listUsers() {
    if (this.users) return this.users;
    this.#listing ??= this.ask("USERS").then((answer) => this.#people.list(answer)).finally(() => (this.#listing = null));
    await this.#listing;
    this.#tellUsers();
    return this.users ?? [];
  }

  #tellUsers() {
    this.users = this.#people.names && [...this.#people.names];
    this.userCount = this.#people.count;
  }

  /** Everything that comes from now on, in order: `for await (const message of chat) …`, until the client has ended. */
  async *[Symbol.asyncIterator]() {
    const queue = /** @type {Message[]} */ ([]);
    let wake = () => {};
    const note = (/** @type {any} */ event) => (event.type === "message" && queue.push(event.detail), wake());
    for (const type of ["message", "status"]) this.addEventListener(type, note);
    try {
      for (;;) {
        while (queue.length) yield /** @type {Message} */ (queue.shift());
        if (this.state === "ended") return;
        await new Promise((resolve) => (wake = () => resolve(undefined)));
      }
    } finally {
      for (const type of ["message", "status"]) this.removeEventListener(type, note);
    }
  }

  /** Try at once what a pause is waited for. */
  retry() {
    if (this.state !== "lost" || this.#socket) return;
    clearTimeout(this.#timer);
    this.#open();
  }

  /** Leave the room and stay away. */
  close() {
    this.#end("");
    this.#socket?.close(1000);
  }

  #open() {
    this.#become("connecting");
    const socket = new WebSocket(this.url, SUBPROTOCOL);
    this.#socket = socket;
    socket.onmessage = ({ data }) => this.#take(numbered(JSON.parse(data)));
    socket.onclose = ({ code, reason }) => this.#lose(socket, code, reason);
  }

  /** @param {Record<string, any>} message */
  #send(message) {
    if (this.#socket?.readyState === 1) this.#socket.send(JSON.stringify(message));
    else this.#giveUpWaiting(new ConnectionLost());
  }

  /** Send a JOIN_REQ with the member's token; at once, unless a function gives it. @param {Record<string, any>} request */
  async #knock(request) {
    const [member, socket] = [this.#member, this.#socket];
    try {
      const token = typeof member?.token === "function" ? await member.token() : member?.token;
      if (member !== this.#member || socket !== this.#socket) return;
      this.#send({ mtype: "JOIN_REQ", ...request, ...(token && { authToken: token }) });
      if (typeof member?.token === "function") this.#renewBefore(expiryOf(token ?? ""));
    } catch (error) {
      if (member !== this.#member || socket !== this.#socket) return;
      if (this.state === "joined") return this.#waiting.renewal.shift()?.reject(/** @type {Error} */ (error));
      if (member?.entered) return socket?.close(4000, "no token");
      this.#become("lobby");
      this.#waiting.join.shift()?.reject(/** @type {Error} */ (error));
    }
  }

  /** @param {number} expiry milliseconds since 1970, NaN if that cannot be told: then the service closes, and it comes back */
  #renewBefore(expiry) {
    clearTimeout(this.#renewing);
    const left = Math.max(2000, expiry - Date.now());
    if (Number.isNaN(left)) return;
    const pause = Math.min(LONGEST_TIMER, left - Math.min(RENEW_BEFORE, left / 2));
    this.#renewing = setTimeout(() => this.renew().catch(() => {}), pause);
  }

  /** @param {Message} message */
  #take(message) {
    if (this.#questions.take(message)) return;
    if (message.seq) this.lastSeq = message.seq;
    if (message.mtype === "ROOM_STATUS") this.#takeStatus(message);
    if (message.mtype === "COMMENT" && this.#isOwn(message)) this.#waiting.comment.shift()?.resolve(message);
    this.dispatchEvent(new CustomEvent("message", { detail: message }));
  }

  /** @param {Message} message */
  #takeStatus(message) {
    const status = message.userstatus ?? "";
    if (status !== "PENDING" && this.#people.take(message)) this.#tellUsers();
    if (status === "PENDING") this.#greet(message);
    else if (status === "USERJOINED" && message.resumeToken) this.#enter(message);
    else if (status === "FILTERAPPLIED" && this.#isOwn(message)) this.#waiting.filter.shift()?.resolve(message);
    else if (status === "REJECTED_BADFILTER") this.#waiting.filter.shift()?.reject(new Refusal(message));
    else if (status === "REJECTED_COMMENT") this.#waiting.comment.shift()?.reject(new Refusal(message));
    else if (status === "REJECTED_NOTJOINED") this.#giveUpWaiting(new Refusal(message));
    else if (status === "TOKENRENEWED") this.#waiting.renewal.shift()?.resolve(message);
    else if (status === "DENIED_AUTH" && this.state === "joined") this.#waiting.renewal.shift()?.reject(new Refusal(message));
    else if (status.startsWith("DENIED_")) this.#deny(message);
  }

  /** @param {Message} message */
  #greet(message) {
    this.welcome = message;
    const member = this.#member;
    if (member?.entered) {
      const { name, room, resume } = member;
      this.#become("joining");
      this.#knock({ user: name, roomid: room, resumeAfter: String(this.lastSeq), ...(resume && { resumeToken: resume }) });
    } else this.#become("lobby");
    for (const { resolve } of this.#waiting.welcome.splice(0)) resolve(message);
  }

  /** @param {Message} message */
  #enter(message) {
    if (!this.#member) return;
    // As the service writes it: without spaces around it, for one.
    this.#member.name = message.user ?? this.#member.name;
    this.#member.resume = message.resumeToken;
    this.#member.entered = true;
    this.#tries = 0;
    this.#become("joined");
    this.#waiting.join.shift()?.resolve(message);
  }

  /** A join is answered; one to come back may have met the own place of before, which is free before long. */
  #deny(/** @type {Message} */ message) {
    if (!this.#member?.entered) {
      this.#become("lobby");
      this.#waiting.join.shift()?.reject(new Refusal(message));
    } else if (message.userstatus === "DENIED_AUTH" && typeof this.#member.token !== "function") {
      this.#end(message.reason ?? "");
    } else if (this.#tries < 12) this.#socket?.close(4000, "try again");
    else this.#end(message.reason || message.userstatus);
  }

  /** @param {WebSocket} socket @param {number} code @param {string} reason */
  #lose(socket, code, reason) {
    if (socket !== this.#socket) return;
    this.#socket = null;
    clearTimeout(this.#renewing);
    this.#questions.abandon();
    const { again, why } = advice(code, reason);
    this.#giveUpWaiting(new ConnectionLost(why));
    if (this.state === "ended") return;
    if (!again) return this.#end(why);
    const pause = (this.#tries ? undefined : hintedPause(code, reason)) ?? nextPause(this.#tries);
    this.#tries += 1;
    this.#timer = setTimeout(() => this.retry(), pause);
    this.#become("lost", why, Date.now() + pause);
  }

  #end(/** @type {string} */ why) {
    clearTimeout(this.#timer);
    clearTimeout(this.#renewing);
    this.#member = null;
    this.#giveUpWaiting(new ConnectionLost());
    this.#become("ended", why);
    this.#socket?.close(1000);
  }

  #become(/** @type {string} */ state, why = "", retryAt = 0) {
    this.state = state;
    this.dispatchEvent(new CustomEvent("status", { detail: { state, why, retryAt } }));
  }

  /** @param {"welcome" | "join" | "renewal" | "comment" | "filter"} what @returns {Promise<Message>} */
  #expect(what) {
    return new Promise((resolve, reject) => this.#waiting[what].push({ resolve, reject }));
  }

  #giveUpWaiting(/** @type {Error} */ error) {
    const { join, renewal, comment, filter } = this.#waiting;
    for (const waiting of [join, renewal, comment, filter]) for (const { reject } of waiting.splice(0)) reject(error);
  }

  #isOwn(/** @type {Message} */ message) {
    return message.user === this.#member?.name;
  }
}

/** Seqs are below 2^53: at 10,000 messages a second they get there in 28,000 years. */
function numbered(/** @type {Message} */ message) {
  if (message.seq !== undefined) message.seq = Number(message.seq);
  if (message.removedSeq !== undefined) message.removedSeq = Number(message.removedSeq);
  return message;
}

/** When a token expires, in milliseconds since 1970; NaN if it does not say. @param {string} token */
function expiryOf(token) {
  try {
    return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).exp * 1000;
  } catch {
    return NaN;
  }
}

/**
 * What to do after a connection was closed: the table of close codes in docs/protocol.md.
 * @param {number} code @param {string} reason @returns {{again: boolean, why: string}} `why` in words, for a person
 */
function advice(code, reason) {
  if (code === 1012 && reason === TAKEN_BACK) return { again: false, why: "you are in this room from another window" };
  if (MODERATED.has(code)) return { again: false, why: reason || "a moderator ended this" };
  if (FATAL.has(code)) return { again: false, why: `the service closed the connection (${code}): ${reason}` };
  if (code === 1001) return { again: true, why: "the gateway stops or restarts" };
  return { again: true, why: reason || "the gateway cannot be reached" };
}

/** Milliseconds after which a gateway that stops asks this client to return. @param {number} code @param {string} reason */
function hintedPause(code, reason) {
  const hint = code === 1001 ? /resume in (\d{1,2}(?:\.\d{1,3})?) s$/.exec(reason) : null;
  return hint ? Number(hint[1]) * 1000 : undefined;
}

/**
 * Milliseconds to wait: at random, up to twice as long each time, so that not everybody comes back at once.
 * @param {number} tries how many failed since the last success
 */
function nextPause(tries) {
  const most = Math.min(longestPause, FIRST_PAUSE * 2 ** tries);
  return most / 2 + (Math.random() * most) / 2;
}

/** Who is in the room, from statuses that name all or tell a change, and from the answer to USERS. */
class People {
  names = /** @type {Set<string> | null} */ (null);
  count = 0;
  #listedSeq = 0;
  #changes = /** @type {Message[]} */ ([]);

  /** Whether a ROOM_STATUS says something of it. @param {any} message */
  take(message) {
    const room = message.rooms?.find((/** @type {any} */ each) => each.roomid === message.roomid);
    if (!room) return false;
    const { userstatus, seq } = message;
    this.count = room.numusers ?? room.currusers?.length ?? 0;
    if (room.numusers === undefined) {
      this.names = new Set(room.currusers ?? []);
      this.#changes = [];
      // One of the past: what came behind it follows, though it was in the answer to USERS.
      if (seq) this.#listedSeq = seq;
      return true;
    }
    // Who came and went in what is gone, nobody tells; and whoever joins anew knows nobody.
    if (userstatus === "HISTORY_TRUNCATED") [this.names, this.#listedSeq, this.#changes] = [null, 0, []];
    if (seq && (userstatus === "USERJOINED" || userstatus === "USEREXITED")) {
      if (this.names) this.#change(message);
      else this.#changes.push(message);
    }
    return true;
  }

  /** The answer to USERS; changes may have come meanwhile, or be on their way. @param {any} answer */
  list(answer) {
    const room = answer.rooms?.[0] ?? {};
    this.names = room.numusers === undefined ? new Set(room.currusers ?? []) : null;
    this.#listedSeq = Number(answer.seq ?? 0);
    for (const change of this.#changes.splice(0)) this.#change(change);
    return [...(this.names ?? [])];
  }

  /** @param {any} message */
  #change({ userstatus, user, seq }) {
    if (seq <= this.#listedSeq) return;
    if (userstatus === "USEREXITED") this.names?.delete(user);
    else this.names?.add(user);
  }
}

/** Questions and their answers, matched by `request`; no more at a time than the service takes. */
class Questions {
  #send;
  #giveUp;
  #number = 0;
  #open = /** @type {Map<string, {resolve: (answer: any) => void, timer: any}>} */ (new Map());
  #queue = /** @type {(() => void)[]} */ ([]);
  #credit = AT_ONCE;
  #counted = performance.now();
  #timer = /** @type {any} */ (undefined);

  /** @param {(text: string) => void} send @param {() => void} giveUp called when an answer does not come */
  constructor(send, giveUp) {
    this.#send = send;
    this.#giveUp = giveUp;
  }

  /** @param {string} mtype @param {Record<string, any>} fields @returns {Promise<any>} null if the connection was lost */
  ask(mtype, fields) {
    const request = String(++this.#number);
    return new Promise((resolve) => {
      this.#open.set(request, { resolve, timer: undefined });
      this.#queue.push(() => {
        const question = this.#open.get(request);
        if (question) question.timer = setTimeout(this.#giveUp, PATIENCE);
        this.#send(JSON.stringify({ mtype, request, ...fields }));
      });
      this.#work();
    });
  }

  /** Whether a message is an answer, which then needs no other look. @param {any} message */
  take(message) {
    if (message.request === undefined) return false;
    const question = this.#open.get(String(message.request));
    clearTimeout(question?.timer);
    this.#open.delete(String(message.request));
    question?.resolve(message);
    return true;
  }

  /** The connection is lost: no answer will come. */
  abandon() {
    for (const { resolve, timer } of this.#open.values()) (clearTimeout(timer), resolve(null));
    this.#open.clear();
    this.#queue.length = 0;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#credit = AT_ONCE;
  }

  #work() {
    if (this.#timer !== undefined) return;
    const now = performance.now();
    this.#credit = Math.min(AT_ONCE, this.#credit + ((now - this.#counted) / 1000) * PER_SECOND);
    this.#counted = now;
    while (this.#credit >= 1 && this.#queue.length) {
      this.#credit -= 1;
      this.#queue.shift()?.();
    }
    if (!this.#queue.length) return;
    this.#timer = setTimeout(() => ((this.#timer = undefined), this.#work()), 1000 / PER_SECOND);
  }
}
