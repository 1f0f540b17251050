// @ts-check
// The way out for staff: the clinic's name, or Escape, held for five seconds. The sign-in behind it is the lock.

import { after } from "./kiosk_clock.js";

const HOLD_MS = 5000;
const dialog = /** @type {HTMLDialogElement} */ (document.querySelector("[data-exit]"));
const name = /** @type {HTMLElement} */ (document.querySelector("[data-staff]"));

/** @param {() => void} clear what a visitor left must not be there when staff come back
 * @param {string} screen what the address of the screen's own page ends with, to come back to it in its language */
export function offerExit(clear, screen) {
  let giveUp = () => {};
  const hold = () => {
    giveUp();
    giveUp = after(HOLD_MS, () => {
      clear();
      dialog.showModal();
    });
  };
  name.addEventListener("pointerdown", hold);
  for (const end of ["pointerup", "pointerleave", "pointercancel"]) name.addEventListener(end, () => giveUp());
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.repeat && !dialog.open) hold();
  });
  document.addEventListener("keyup", (event) => {
    if (event.key === "Escape") giveUp();
  });
  dialog.querySelector("[data-stay]")?.addEventListener("click", () => dialog.close());
  dialog.querySelector("[data-leave]")?.addEventListener("click", (event) => {
    const address = /** @type {HTMLElement} */ (event.currentTarget).dataset.leave;
    if (address) location.replace(address + screen.replace("?", "&"));
  });
}

/** @returns {boolean} whether it is open: then somebody is there, or was */
export function isExitOpen() {
  return dialog.open;
}

/** Close it, for whoever comes next. */
export function closeExit() {
  if (dialog.open) dialog.close();
}
