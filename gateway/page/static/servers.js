/** Which of several servers a room lives on, and whether it is there. With one server there is nothing to tell. */

/** Who tells nothing in this time is not waited for. Milliseconds. */
const PATIENCE = 5000;

/** @typedef {{name: string, isUp: boolean}} Server */

export class Servers {
  #servers = /** @type {Server[]} */ ([]);
  /** For each slot, the place of its server among these. */
  #slots = /** @type {number[]} */ ([]);
  /** Fulfilled once they were asked for the first time, which tells whether there are several. */
  ready = this.look();

  get areSeveral() {
    return this.#servers.length > 0;
  }

  /** The names of those that are away. */
  get away() {
    return this.#servers.filter((server) => !server.isUp).map((server) => server.name);
  }

  /** Ask the gateway. Without an answer, what was known holds: the connection says that the gateway is away. */
  async look() {
    try {
      const answer = await fetch("servers.json", { signal: AbortSignal.timeout(PATIENCE) });
      if (!answer.ok) return;
      const { servers, slots } = await answer.json();
      this.#servers = servers;
      this.#slots = slots ?? [];
    } catch {
      return;
    }
  }

  /** The server of a room; null with one server. @param {number} room @returns {Server | null} */
  of(room) {
    return this.#servers[this.#slots[room % this.#slots.length]] ?? null;
  }
}
