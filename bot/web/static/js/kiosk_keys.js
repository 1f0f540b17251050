// @ts-check
// The keyboard on the screen. It types into the box where its caret stands, and leaves the focus where it is.

import { after, every } from "./kiosk_clock.js";

const keys = /** @type {HTMLElement} */ (document.querySelector("[data-keys]"));
const said = /** @type {HTMLElement} */ (document.querySelector("[data-said]"));
const buttons = /** @type {HTMLButtonElement[]} */ ([...keys.querySelectorAll("[data-key]")]);
const shift = /** @type {HTMLButtonElement} */ (keys.querySelector('[data-key="shift"]'));
const HOLD_MS = 500;
const REPEAT_MS = 90;
let stopRepeating = () => {};

/** @returns {HTMLTextAreaElement} looked up each time: a new visitor gets a new box */
function box() {
  return /** @type {HTMLTextAreaElement} */ (document.querySelector("[data-question]"));
}

/** @param {boolean} on */
function capitals(on) {
  shift.setAttribute("aria-pressed", String(on));
  for (const each of buttons) {
    if (/^\p{Ll}$/u.test(each.dataset.key ?? "")) each.textContent = on ? (each.dataset.key ?? "").toUpperCase() : (each.dataset.key ?? "");
  }
}

/** @param {HTMLButtonElement} button */
function press(button) {
  const key = button.dataset.key ?? "";
  const on = shift.getAttribute("aria-pressed") === "true";
  if (key === "shift") return capitals(!on);
  const into = box();
  const [start, end] = [into.selectionStart, into.selectionEnd];
  if (key === "delete") {
    const before = [...into.value.slice(0, start)].pop() ?? "";
    into.setRangeText("", start === end ? start - before.length : start, end, "end");
    said.textContent = before ? (keys.dataset.deleted ?? "").replace("{letter}", () => before) : "";
  } else {
    into.setRangeText(on ? key.toUpperCase() : key, start, end, "end");
    said.textContent = key === " " ? (into.value.slice(0, start).trim().split(/\s+/).pop() ?? "") : button.getAttribute("aria-label") ?? button.textContent;
    capitals(false);
  }
  into.scrollTop = into.scrollHeight;
  into.dispatchEvent(new InputEvent("input", { bubbles: true }));
}

/** @param {EventTarget | null} target @returns {HTMLButtonElement | null} */
function keyAt(target) {
  return target instanceof Element ? target.closest("[data-key]") : null;
}

// At the touch, not at its end: with two thumbs the next key is down before the last is up.
keys.addEventListener("pointerdown", (event) => {
  event.preventDefault();
  const button = keyAt(event.target);
  if (!button || event.button !== 0) return;
  press(button);
  stopRepeating();
  if (button.dataset.key !== "delete") return;
  const giveUp = after(HOLD_MS, () => (stopRepeating = every(REPEAT_MS, () => press(button))));
  stopRepeating = giveUp;
});
for (const end of ["pointerup", "pointercancel", "pointerleave"]) keys.addEventListener(end, () => stopRepeating());
keys.addEventListener("mousedown", (event) => event.preventDefault()); // keeps the focus where older engines would move it

// A click without a pointer comes from a keyboard or a screen reader.
keys.addEventListener("click", (event) => {
  const button = keyAt(event.target);
  if (button && event.detail === 0) press(button);
});

/** @type {Map<string, [number, number]>} */
const STEPS = new Map([["ArrowRight", [1, 0]], ["ArrowLeft", [-1, 0]], ["ArrowDown", [0, 1]], ["ArrowUp", [0, -1]]]);

/** @param {Element} one @returns {[number, number]} its middle */
function middle(one) {
  const box = one.getBoundingClientRect();
  return [box.left + box.width / 2, box.top + box.height / 2];
}

/** @param {Element} from @param {[number, number]} way @returns {HTMLButtonElement | undefined} the nearest key that way */
function nearest(from, [right, down]) {
  const [x, y] = middle(from);
  const far = (/** @type {Element} */ each) => {
    const [along, aside] = right ? [(middle(each)[0] - x) * right, middle(each)[1] - y] : [(middle(each)[1] - y) * down, middle(each)[0] - x];
    return along < 8 || (right && Math.abs(aside) > 8) ? Infinity : along + 3 * Math.abs(aside);
  };
  const [best] = buttons.map((each) => ({ each, far: far(each) })).sort((one, other) => one.far - other.far);
  return best.far < Infinity ? best.each : undefined;
}

keys.addEventListener("keydown", (event) => {
  const button = keyAt(event.target);
  const step = STEPS.get(event.key);
  if (!button || step === undefined) return;
  event.preventDefault();
  const next = nearest(button, step) ?? buttons[buttons.indexOf(button) + step[0]] ?? button; // a row goes on in the next
  button.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
});

/** Nothing of the last visitor: not the typed text, nor what undo would bring back. */
export function clearBox() {
  stopRepeating();
  const used = box();
  const unused = /** @type {HTMLTextAreaElement} */ (used.cloneNode(false));
  unused.value = "";
  used.value = "";
  used.replaceWith(unused);
  said.textContent = "";
  capitals(false);
}
