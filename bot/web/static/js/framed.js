// @ts-check
// The chat in a frame on another site: it listens to that page and tells it little, once it knows who that is.
// Nothing that a patient types or reads is told; only that there was an answer, of which kind, to which entry.

import { submit } from "./submitting.js";

const root = document.documentElement;
const sites = (/** @type {HTMLMetaElement | null} */ (document.querySelector("meta[name=clinicbot-sites]"))?.content ?? "").split(" ");
const box = /** @type {HTMLTextAreaElement | null} */ (document.querySelector("[data-question]"));
const button = box?.form?.querySelector("button.go");
const fault = /** @type {HTMLElement | null} */ (document.querySelector("[data-fault]"));
/** @type {string[]} questions of the page around that wait until the one before has its answer */
const waiting = [];
/** @type {Element | null} an answer that came while the panel was closed */
let unseen = null;
/** @type {string | null} */
let site = null; // the origin of the page around, once it has greeted

/** @param {object} message */
function tell(message) {
  if (site) window.parent.postMessage(message, site);
}

/** What somebody must see before they type: a new answer, or help. */
function firstToRead() {
  const last = document.querySelector("[data-log]")?.lastElementChild;
  const turn = unseen?.isConnected ? unseen : last?.querySelector("[data-alarm]") ? last : null;
  unseen = null;
  return /** @type {HTMLElement | null} */ (turn?.querySelector("[data-alarm] h2") ?? turn?.querySelector("[data-card] h2"));
}

function focus() {
  const heading = firstToRead();
  if (heading) {
    heading.focus({ preventScroll: true });
    (heading.closest("[data-turn]") ?? heading).scrollIntoView({ block: "start" });
    return;
  }
  // Where a finger types, the keyboard would hide half of the panel before anything was read; on a low screen the box
  // stands below what is in view.
  const first = matchMedia("(pointer: coarse), (max-height: 480px)").matches ? null : box;
  (first ?? /** @type {HTMLElement | null} */ (document.querySelector("main")))?.focus({ preventScroll: true });
}

/** @param {string} text */
function write(text) {
  if (!box) return;
  box.value = text;
  box.dispatchEvent(new Event("input"));
}

function askNext() {
  const question = button?.hasAttribute("aria-disabled") ? undefined : waiting.shift();
  if (!question || !box?.form) return;
  const typed = box.value;
  write(question);
  submit(box.form);
  if (typed.trim()) write(typed); // somebody is writing there; what is sent has left the box
}

/** @param {unknown} question */
function ask(question) {
  if (typeof question !== "string" || !question.trim()) return;
  waiting.push(question);
  askNext();
}

// What could not be sent stands in the box: those after it wait until somebody has sent it again.
if (button) new MutationObserver(() => fault?.hidden && askNext()).observe(button, { attributeFilter: ["aria-disabled"] });
document.addEventListener("cleared", () => waiting.splice(0));

window.addEventListener("message", (event) => {
  if (window.parent === window || event.source !== window.parent || !sites.includes(event.origin)) return;
  const kind = event.data?.clinicbot;
  if (kind === "hello") {
    site = event.origin;
    root.dataset.hosted = ""; // leaves room for the panel's own button
    tell({ clinicbot: "ready" });
  } else if (kind === "focus") focus();
  else if (kind === "ask") ask(event.data.question);
});

document.addEventListener("turn", (event) => {
  const turn = /** @type {HTMLElement} */ (event.target);
  if (turn.getClientRects().length === 0) unseen = turn; // a frame in a closed panel shows nothing
  const { outcome, entry } = turn.dataset;
  if (outcome) tell({ clinicbot: "answer", outcome, entry: entry || null });
});

/** Whether leaving this page loses something. */
function isTyped() {
  const form = document.querySelector("[data-contact-form]");
  const fields = /** @type {HTMLInputElement[]} */ ([...(form?.querySelectorAll("input, textarea") ?? [])]);
  const isChanged = fields.some((field) => field.value !== field.defaultValue || field.checked !== field.defaultChecked);
  return isChanged || Boolean(form?.hasAttribute("data-typed"));
}

window.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.defaultPrevented || event.isComposing) return;
  if (event.target instanceof Element && event.target.closest("[data-mine], [data-sheet]")) return;
  const back = /** @type {HTMLElement | null} */ (document.querySelector("[data-back]"));
  if (back) return isTyped() && document.activeElement !== back ? back.focus() : back.click();
  tell({ clinicbot: "close" });
});
