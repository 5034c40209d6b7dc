/** Elements, and texts that strangers wrote. Nothing here makes markup of a text. */

/**
 * An element. Properties go to the element, those with a dash to its attributes; `on…` are listeners.
 * @param {string} name tag, with classes behind dots @param {Record<string, any> | null} [props]
 * @param {...(Node | string | null | undefined | false)} children @returns {any}
 */
export function el(name, props, ...children) {
  const [tag, ...classes] = name.split(".");
  const element = document.createElement(tag);
  if (classes.length) element.className = classes.join(" ");
  for (const [key, value] of Object.entries(props ?? {})) {
    if (key.includes("-") || key === "role") element.setAttribute(key, value);
    else if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else /** @type {any} */ (element)[key] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** @param {string} id @returns {any} */
export const byId = (id) => document.getElementById(id);

/** Controls, but for tab and line feed, and what changes the direction of text behind it. */
const CONTROLS = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;
const LONGEST = 2000;

/**
 * What somebody wrote: isolated from the direction of the text around it, controls shown by their numbers, and what is
 * very long shown in full only on request.
 * @param {string} text @param {string} [name] tag with classes @returns {HTMLElement}
 */
export function written(text, name = "bdi") {
  const element = el(name, { dir: "auto" });
  element.append(...parts(text.length > LONGEST ? text.slice(0, LONGEST) : text));
  if (text.length > LONGEST) {
    const more = el("button.more", { type: "button" }, `show all ${text.length.toLocaleString("en")} characters`);
    more.addEventListener("click", () => element.replaceChildren(...parts(text)));
    element.append("… ", more);
  }
  return element;
}

/** @param {string} text */
function parts(text) {
  const nodes = /** @type {(Node | string)[]} */ ([]);
  let end = 0;
  for (const match of text.matchAll(CONTROLS)) {
    const code = match[0].charCodeAt(0).toString(16).toUpperCase().padStart(4, "0");
    nodes.push(text.slice(end, match.index), el("span.control", { title: `U+${code}` }, `U+${code}`));
    end = match.index + 1;
  }
  nodes.push(text.slice(end));
  return nodes;
}

/** @param {number} number @param {number} [digits] */
export function count(number, digits = 0) {
  return number.toLocaleString("en", { maximumFractionDigits: digits });
}

/** Text for screen readers that nobody need look for: said once, politely. @param {string} text */
export function announce(text) {
  byId("said").textContent = text.slice(0, 300);
}

/**
 * Call something a while after the last wish for it.
 * @param {(...args: any[]) => void} act @param {number} pause milliseconds
 */
export function later(act, pause) {
  let timer = /** @type {any} */ (undefined);
  return (/** @type {any[]} */ ...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => act(...args), pause);
  };
}
