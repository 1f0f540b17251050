// @ts-check
// The inbox by keyboard: j and k walk, e opens or writes, u takes back. Each key presses what is there without this script.

import { areOff } from "./keys.js";

const letters = /** @type {HTMLElement | null} */ (document.querySelector("[data-letters]"));
const work = /** @type {HTMLFormElement | null} */ (document.querySelector("[data-work]"));
const reply = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-reply]"));
const copy = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-copy]"));
const copied = /** @type {HTMLElement | null} */ (document.querySelector("[data-copied]"));
const note = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("#note"));
let sent = false;

/** @param {string} selector */
function press(selector) {
  const found = /** @type {HTMLElement | null} */ (document.querySelector(selector));
  found?.click();
}

/** @param {number} step */
function move(step) {
  if (!letters) return press(step > 0 ? "[data-after]" : "[data-before]");
  const links = /** @type {HTMLElement[]} */ ([...letters.querySelectorAll("[data-open]")]);
  const at = links.findIndex((link) => link === document.activeElement);
  links[at < 0 ? 0 : Math.min(Math.max(at + step, 0), links.length - 1)]?.focus();
}

function open() {
  if (reply) return reply.focus();
  if (document.activeElement instanceof HTMLElement && document.activeElement.matches("[data-open]")) document.activeElement.click();
}

/** @type {Record<string, () => void>} */
const KEYS = {
  j: () => move(1),
  k: () => move(-1),
  e: open,
  u: () => press(".said form button"),
  "/": () => /** @type {HTMLElement | null} */ (document.querySelector("[data-search]"))?.focus(),
};

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = event.target;
  if (target instanceof Element && target.closest("input, textarea, select")) {
    if (event.key === "Escape" && target instanceof HTMLElement) target.blur();
    return;
  }
  const act = KEYS[event.key];
  if (!act || areOff() || (event.repeat && !/[jk]/.test(event.key))) return;
  event.preventDefault();
  act();
});

// A second press while the first is on its way would only be refused.
work?.addEventListener("submit", (event) => {
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => (sent = false));

// What stands in a box is kept nowhere yet, also when the page came with it: no key or link pressed by mistake loses it.
window.addEventListener("beforeunload", (event) => {
  if (!sent && [reply, note].some((box) => box?.value.trim())) event.preventDefault();
});

async function copyReply() {
  if (!reply || !copied) return;
  try {
    await navigator.clipboard.writeText(reply.value);
    copied.textContent = "Copied.";
  } catch {
    reply.select();
    copied.textContent = "The text is selected: copy it with Ctrl or Cmd and C.";
  }
}

if (copy) {
  copy.hidden = false;
  copy.addEventListener("click", copyReply);
}
