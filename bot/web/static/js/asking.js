// @ts-check
// Enter asks, as in the patients' chat; with Shift it breaks the line.

import { submit } from "./submitting.js";

const box = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-asks]"));

box?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.repeat) return;
  event.preventDefault();
  if (box.form && box.value.trim()) submit(box.form);
});
