// @ts-check
// Nobody there: first a quiet word, then a question with a countdown, then everything is cleared. From the first word on
// any touch stays it, so that there are twenty seconds for that (WCAG 2.2, 2.2.1).

import { every, now } from "./kiosk_clock.js";

const IDLE_MS = 45_000;
const WARN_MS = 15_000;
const SOON_MS = 40_000;
const LONGEST_READING_MS = 300_000; // a voice that never says it has ended must not keep a visit open
const SIGNS = ["pointerdown", "pointermove", "keydown", "wheel", "scroll", "touchmove"];

const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-still]"));
const left = /** @type {HTMLElement} */ (dialog.querySelector("[data-left]"));
const soon = /** @type {HTMLElement} */ (document.querySelector("[data-soon]"));
const voice = "speechSynthesis" in window ? window.speechSynthesis : null;
let seen = now();
let heard = now();

/** Somebody is there. */
export function stay() {
  seen = heard = now();
  soon.textContent = "";
  if (dialog.open) dialog.close();
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
    if (quiet >= IDLE_MS + WARN_MS) {
      stay();
      clear();
    } else if (quiet >= IDLE_MS) {
      left.textContent = String(Math.ceil((IDLE_MS + WARN_MS - quiet) / 1000));
      if (!dialog.open) dialog.showModal();
    } else {
      soon.textContent = quiet >= SOON_MS ? (soon.dataset.soon ?? "") : "";
    }
  });
}
