// @ts-check
// My questions on the phone that shows them, where a code helps nobody: given to another app, or copied.
import { kept } from "./keeping.js";

const button = /** @type {HTMLButtonElement} */ (document.querySelector("[data-mine-share]"));
const items = /** @type {HTMLElement} */ (document.querySelector("[data-mine-list]"));
const status = /** @type {HTMLElement} */ (document.querySelector("[data-mine-status]"));
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
const shares = Boolean(navigator.share) && matchMedia("(pointer: coarse)").matches;

async function copy(/** @type {string} */ text) {
  try {
    await navigator.clipboard.writeText(text);
    status.textContent = words.sayCopied ?? "";
  } catch {
    getSelection()?.selectAllChildren(items);
    status.textContent = words.sayMarked ?? "";
  }
}

async function give() {
  const text = kept().map((each, place) => `${place + 1}. ${each.question}`).join("\n");
  if (!shares) return copy(text);
  try {
    await navigator.share({ text });
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) await copy(text); // a frame may not share
  }
}

function offer() {
  button.hidden = kept().length === 0;
}

if (!shares) button.textContent = button.dataset.copy ?? "";
button.addEventListener("click", give);
document.addEventListener("kept", offer);
offer();
