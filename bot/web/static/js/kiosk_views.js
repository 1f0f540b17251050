// @ts-check
// What is on the screen, and the way back. The way is kept in memory only: the address and the history never change.

import { harmless, answer } from "./kiosk_pieces.js";

/** @typedef {{view: string, topic?: string, id?: string, piece?: DocumentFragment}} Place */

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const stage = /** @type {HTMLElement} */ (document.querySelector("[data-stage]"));
const backward = /** @type {HTMLButtonElement} */ (document.querySelector("[data-back]"));
const views = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-view]"));
/** @type {Place} where every visit begins */
let start = { view: "attract" };
/** @type {Place[]} */
let way = [start];

/** @returns {Place} */
export function here() {
  return way[way.length - 1];
}

/** @param {Place} place */
export function go(place) {
  if (place.view === "topics") way = [start];
  way.push(place);
  draw();
}

/** @param {Place} place shown instead of what is on the screen now */
export function instead(place) {
  way.pop();
  go(place);
}

export function back() {
  if (way.length > 1) way.pop();
  draw();
}

/** @param {string} view where every visit begins from now on */
export function beginAt(view) {
  start = { view };
  first();
}

export function first() {
  way = [start];
  draw();
}

function draw() {
  document.dispatchEvent(new CustomEvent("cleared")); // nothing goes on being read aloud
  const place = here();
  const content = place.id ? answer(place.id) : place.piece ? harmless(place.piece) : null;
  stage.replaceChildren(...(content ? [content] : []));
  for (const each of views) each.hidden = each.dataset.view !== place.view || each.dataset.topic !== place.topic;
  const alarm = stage.querySelector("[data-alarm]")?.getAttribute("data-alarm") ?? "";
  document.body.dataset.at = place.view;
  document.body.dataset.alarm = alarm;
  backward.disabled = way.length < 2;
  main.scrollTop = 0;
  stage.firstElementChild?.dispatchEvent(new CustomEvent("turn", { bubbles: true }));
  const shown = [...views].find((each) => !each.hidden);
  const heading = /** @type {HTMLElement | null | undefined} */ (shown?.querySelector("h1"));
  heading?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("kiosk:shown", { detail: place.view }));
}
