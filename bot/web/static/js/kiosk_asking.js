// @ts-check
// Asking in one's own words: approved questions above the keys as one types, the server's answer after that. Where
// nothing can be asked there is a list to choose from, never an answer of our own.

import { after } from "./kiosk_clock.js";
import { clearBox } from "./kiosk_keys.js";
import { find, listed, mayBeGrave } from "./kiosk_finding.js";
import { linked, look } from "./kiosk_link.js";
import { go, here, instead } from "./kiosk_views.js";
import { ask, isAsking } from "./kiosk_visit.js";

const found = /** @type {HTMLElement} */ (document.querySelector("[data-found]"));
const foundAll = /** @type {HTMLElement} */ (document.querySelector("[data-found-all]"));
const offered = /** @type {HTMLElement} */ (document.querySelector("[data-offered]"));
const fault = /** @type {HTMLElement} */ (document.querySelector("[data-fault]"));
const send = /** @type {HTMLButtonElement} */ (document.querySelector("[data-send]"));
const working = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-working]"));
const LONGEST = 500;
const SLOW_MS = 3000;
const ABOVE_KEYS = { most: 3, least: 0.6 };
const TO_CHOOSE = { most: 8, least: 0.3 };

let noLongerSlow = () => {};
let wasAway = false;

/** @returns {HTMLTextAreaElement} looked up each time: a new visitor gets a new box */
const box = () => /** @type {HTMLTextAreaElement} */ (document.querySelector("[data-question]"));

/** @param {string} text */
function tell(text) {
  fault.textContent = text;
  fault.hidden = !text;
  box().toggleAttribute("aria-invalid", Boolean(text));
}

function offer() {
  const some = mayBeGrave(box().value) ? [] : find(box().value, ABOVE_KEYS.most, ABOVE_KEYS.least);
  found.replaceChildren(...listed(some));
  found.hidden = some.length === 0;
  offered.textContent = some.length ? (offered.dataset.some ?? "") : "";
}

/** @param {string} text */
function offerAll(text) {
  const some = find(text, TO_CHOOSE.most, TO_CHOOSE.least);
  foundAll.replaceChildren(...listed(some));
  /** @type {HTMLElement} */ (document.querySelector("[data-any]")).hidden = some.length === 0;
  /** @type {HTMLElement} */ (document.querySelector("[data-none]")).hidden = some.length > 0;
  go({ view: "find" });
}

/** @param {boolean} on */
function busy(on) {
  document.body.toggleAttribute("data-asking", on);
  if (on) send.setAttribute("aria-disabled", "true");
  else send.removeAttribute("aria-disabled");
  noLongerSlow();
  for (const each of working) each.textContent = "";
  if (on) noLongerSlow = after(SLOW_MS, () => working.forEach((each) => (each.textContent = each.dataset.working ?? "")));
}

/**
 * What is too long is sent all the same: if there are grave words in it, they are answered.
 * @param {string} question @param {string | null} other an approved answer for where nothing can be asked
 */
export async function put(question, other = null) {
  const text = question.trim();
  if (isAsking()) return;
  if (!text) return tell(fault.dataset.empty ?? "");
  const isLong = [...text.normalize("NFC")].length > LONGEST;
  tell("");
  if (isLong && linked() !== "online") return tell(fault.dataset.long ?? "");
  if (linked() !== "online") return other ? go({ view: "reply", id: other }) : offerAll(text);
  busy(true);
  const { kind, piece } = await ask(text);
  if (kind === "late") return;
  busy(false);
  if (kind === "answered" && piece) {
    emptyBox();
    const place = { view: "reply", piece };
    return here().view === "ask" ? instead(place) : go(place);
  }
  if (kind === "refused") tell((isLong ? fault.dataset.long : piece?.textContent?.trim()) ?? "");
  else if (kind === "held back") tell(fault.dataset.busy ?? "");
  else if (kind === "failed") go({ view: "closed" });
  else if (other) go({ view: "reply", id: other });
  else tell(fault.dataset.lost ?? "");
  if (kind === "failed" || kind === "lost") look();
}

function emptyBox() {
  clearBox();
  found.replaceChildren();
  found.hidden = true;
  offered.textContent = "";
  tell("");
}

/** Nothing of what was typed or found stays. */
export function forgetTyped() {
  emptyBox();
  foundAll.replaceChildren();
  busy(false);
}

// What was not sent is said no more where it no longer holds.
document.addEventListener("kiosk:link", () => {
  if (linked() === "online" && wasAway) tell("");
  wasAway = linked() !== "online";
});
document.addEventListener("kiosk:shown", () => {
  if (here().view !== "ask") tell("");
});
document.addEventListener("input", () => {
  tell("");
  offer();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.target !== box()) return;
  event.preventDefault();
  put(box().value);
});
