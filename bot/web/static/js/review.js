// @ts-check
// Review by keyboard: j and k go through the queue, a and r go to the decision. Nothing is decided by one key alone.

import { isNone } from "./keys.js";

const desk = /** @type {HTMLElement | null} */ (document.querySelector("[data-review]"));

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input, textarea, select, [contenteditable]");
}

document.addEventListener("keydown", (event) => {
  if (!desk || isNone(event) || isTyping(event.target)) return;
  const address = { j: desk.dataset.after, k: desk.dataset.before }[event.key];
  if (address) location.assign(address);
  const goal = { a: "[data-approve]", r: "[data-comment]" }[event.key];
  const found = goal ? /** @type {HTMLElement | null} */ (document.querySelector(goal)) : null;
  if (found) {
    event.preventDefault();
    found.focus();
  }
});
