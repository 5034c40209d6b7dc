/** How many rows of each feed come, and how many of them pass, over the last two minutes. */

/** Milliseconds between two questions, and how many of their answers a plot shows. */
export const STEP = 2000;
const KEPT = 60;

export class Rates {
  #points = /** @type {{all: number, passed: number}[]} */ ([]);
  #stored = /** @type {number | null} */ (null);
  #asked = 0;
  #passed = 0;
  #canvas;

  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** Rows per second of late: the last few steps together, since they do not come evenly. */
  get now() {
    const last = this.#points.slice(-3);
    const sum = (/** @type {"all" | "passed"} */ key) => last.reduce((total, point) => total + point[key], 0);
    return last.length ? { all: sum("all") / last.length, passed: sum("passed") / last.length } : null;
  }

  /** A row passed. */
  count() {
    this.#passed += 1;
  }

  /** @param {number} stored how many rows of the feed there were in all, at this moment */
  take(stored) {
    const now = performance.now();
    const seconds = (now - this.#asked) / 1000;
    if (this.#stored !== null && stored >= this.#stored) {
      this.#points.push({ all: (stored - this.#stored) / seconds, passed: this.#passed / seconds });
      if (this.#points.length > KEPT) this.#points.shift();
    }
    this.#stored = stored;
    this.#asked = now;
    this.#passed = 0;
    this.draw();
  }

  /** After a pause nothing is known of what came meanwhile. */
  interrupt() {
    this.#stored = null;
  }

  draw() {
    const { width, height } = this.#canvas.getBoundingClientRect();
    const scale = globalThis.devicePixelRatio || 1;
    this.#canvas.width = Math.round(width * scale);
    this.#canvas.height = Math.round(height * scale);
    const pen = this.#canvas.getContext("2d");
    if (!pen || !width) return;
    pen.scale(scale, scale);
    const style = getComputedStyle(this.#canvas);
    const most = Math.max(1, ...this.#points.map(({ all, passed }) => Math.max(all, passed))) * 1.1;
    this.#area(pen, width, height, most, "all", style.getPropertyValue("--quiet-area"));
    this.#area(pen, width, height, most, "passed", style.getPropertyValue("--accent-area"));
  }

  /** @param {CanvasRenderingContext2D} pen @param {number} width @param {number} height @param {number} most
   * @param {"all" | "passed"} key @param {string} colour */
  #area(pen, width, height, most, key, colour) {
    const step = width / (KEPT - 1);
    const start = width - (this.#points.length - 1) * step;
    pen.beginPath();
    pen.moveTo(start, height);
    this.#points.forEach((point, index) => pen.lineTo(start + index * step, height - (point[key] / most) * height));
    pen.lineTo(width, height);
    pen.fillStyle = colour;
    pen.fill();
  }
}
