// @ts-check
// Nobody there: first a quiet word, then a question with a countdown, then everything is cleared. From the first word on
// any touch stays it, so that there are twenty seconds for that (WCAG 2.2, 2.2.1). Where numbers to call are shown
// everything takes twice as long, and nothing covers them: somebody may be calling.

import { every, now } from "./kiosk_clock.js";

const IDLE_MS = 45_000;
const WARN_MS = 15_000;
const SOON_MS = 40_000;
const LONGEST_READING_MS = 300_000; // a voice that never says it has ended must not keep a visit open
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove"];

const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-still]"));
const left = /** @type {HTMLElement} */ (dialog.querySelector("[data-left]"));
const soon = /** @type {HTMLElement} */ (document.querySelector("[data-soon]"));
const counted = /** @type {HTMLElement} */ (document.querySelector("[data-counted]"));
const countedLeft = /** @type {HTMLElement} */ (counted.querySelector("[data-counted-left]"));
const voice = "speechSynthesis" in window ? window.speechSynthesis : null;
let seen = now();
let heard = now();

/** Somebody is there. */
export function stay() {
  seen = heard = now();
  soon.textContent = "";
  counted.hidden = true;
  if (dialog.open) dialog.close();
}

/** @returns {boolean} whether numbers to call are on the screen */
function hasNumbers() {
  const { alarm, at } = document.body.dataset;
  return Boolean(alarm) || at === "closed";
}

/** @param {() => boolean} visited whether there is anything to clear @param {() => void} clear */
export function watch(visited, clear) {
  for (const sign of SIGNS) {
    document.addEventListener(
      sign,
      (event) => {
        // While it asks, its buttons answer for themselves, and only a press or a key is a sign of life.
        const button = event.target instanceof Element && event.target.closest("dialog button");
        if (dialog.open && (button || (sign !== "pointerdown" && sign !== "keydown"))) return;
        stay();
      },
      { capture: true, passive: true },
    );
  }
  dialog.addEventListener("cancel", stay);
  dialog.querySelector("[data-stay]")?.addEventListener("click", stay);
  every(1000, () => {
    if (!visited()) return stay();
    if (voice?.speaking && now() - seen < LONGEST_READING_MS) heard = now();
    const quiet = now() - Math.max(seen, heard);
    const times = hasNumbers() ? 2 : 1;
    const remaining = times * (IDLE_MS + WARN_MS) - quiet;
    if (remaining <= 0) {
      stay();
      clear();
    } else {
      warn(times > 1, quiet >= times * SOON_MS, remaining <= times * WARN_MS, Math.ceil(remaining / 1000));
    }
  });
}

/** @param {boolean} below in the bottom line only @param {boolean} isSoon @param {boolean} counts @param {number} seconds that are left */
function warn(below, isSoon, counts, seconds) {
  left.textContent = countedLeft.textContent = String(seconds);
  soon.textContent = isSoon && !counts ? (soon.dataset.soon ?? "") : "";
  counted.hidden = !(counts && below);
  if (counts && !below && !dialog.open) dialog.showModal();
  if (below && dialog.open) dialog.close();
}
