// @ts-check
// A message to the clinic without leaving the page, so that a lost connection loses nothing that was typed. The form
// works without this script.

import { keepReceipt, keptReceipt } from "./receipt.js";
import { pressedOf, valuesOf } from "./submitting.js";
import { atMost } from "./waiting.js";

const SLOW_MS = 3000;
const LATE_MS = 10000;
const GIVE_UP_MS = 20000;
const NEAR = 0.9;
let busy = false;

/** @param {string} html @returns {Document | null} */
function answerOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  return page.querySelector("[data-contact]") ? page : null;
}

/** What one can change. (Text areas are among them: they have no tick.) @param {HTMLElement} form */
const fieldsOf = (form) => /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input:not([type=hidden]), textarea")]);

/** @typedef {{value: string, checked: boolean}} State */
/** @param {HTMLInputElement} field @returns {State} */
const stateOf = ({ value, checked }) => ({ value, checked });

/** The page that comes knows what was sent; what was changed since is newer.
 * @param {HTMLFormElement} form @param {State[]} sent of its fields @param {HTMLElement} added */
function keepNewer(form, sent, added) {
  fieldsOf(form).forEach((field, place) => {
    const same = added.querySelector(`#${field.id}`);
    const isSame = field.value === sent[place].value && field.checked === sent[place].checked;
    if (same && !isSame) Object.assign(same, stateOf(field));
  });
}

/** @param {Document} page @param {HTMLFormElement} form @param {State[]} sent */
function show(page, form, sent) {
  const here = document.querySelector("[data-contact]");
  const there = page.querySelector("[data-contact]");
  if (!here || !there) return;
  const added = /** @type {HTMLElement} */ (document.importNode(there, true));
  keepNewer(form, sent, added);
  here.replaceWith(added);
  document.title = page.title;
  const reference = added.querySelector("[data-reference]")?.textContent?.trim() ?? "";
  if (reference) {
    keepReceipt(reference);
    document.dispatchEvent(new CustomEvent("sent"));
    history.replaceState(null, ""); // loaded anew, this address is the empty form, and asks to send nothing again
  }
  for (const button of added.querySelectorAll("[data-print]")) /** @type {HTMLElement} */ (button).hidden = false;
  const alarm = added.querySelector("[data-alarm] h2");
  const target = /** @type {HTMLElement | null} */ (alarm ?? added.querySelector("[data-focus]"));
  target?.focus();
  window.scrollTo({ top: 0 });
  recall(added);
  count(added.querySelector("textarea"));
}

/** @param {ParentNode} page */
function recall(page) {
  const before = /** @type {HTMLElement | null} */ (page.querySelector("[data-sent-before]"));
  const place = before?.querySelector("[data-reference]");
  if (!before || !place || !keptReceipt()) return;
  place.textContent = keptReceipt();
  before.hidden = false;
}

/** @param {HTMLTextAreaElement | null} box */
function count(box) {
  const left = box?.closest(".field")?.querySelector("[data-left]");
  if (!box || !left) return;
  const longest = Number(box.dataset.longest);
  const length = [...box.value.normalize("NFC").trim()].length;
  const said = box.form?.dataset.sayCount ?? "";
  left.textContent = length > NEAR * longest ? said.replace("{n}", String(length)) : "";
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} pressed */
async function send(form, pressed) {
  const lost = /** @type {HTMLElement} */ (form.querySelector("[data-lost]"));
  const working = /** @type {HTMLElement} */ (form.querySelector("[data-working]"));
  const body = valuesOf(form, pressed);
  const sent = fieldsOf(form).map(stateOf);
  const late = /** @type {HTMLElement} */ (form.querySelector("[data-late]"));
  lost.hidden = true;
  pressed?.setAttribute("aria-disabled", "true");
  for (const field of fieldsOf(form)) field.readOnly = true; // what is typed now would vanish with the receipt
  working.textContent = form.dataset.saySending ?? "";
  const slow = setTimeout(() => (working.textContent = form.dataset.saySlow ?? ""), SLOW_MS);
  const tooSlow = setTimeout(() => (late.hidden = false), LATE_MS);
  try {
    const answer = await fetch(form.action, { method: "POST", body, signal: atMost(GIVE_UP_MS) });
    const page = answerOf(await answer.text());
    if (page) show(page, form, sent);
    else lost.hidden = false;
  } catch {
    lost.hidden = false;
  } finally {
    clearTimeout(slow);
    clearTimeout(tooSlow);
    late.hidden = true;
    working.textContent = "";
    pressed?.removeAttribute("aria-disabled");
    for (const field of fieldsOf(form)) field.readOnly = false;
  }
}

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-contact-form]")) return;
  event.preventDefault();
  if (busy) return;
  busy = true;
  await send(form, pressedOf(event));
  busy = false;
});
document.addEventListener("input", (event) => {
  if (event.target instanceof HTMLTextAreaElement) count(event.target);
});

recall(document);
const first = /** @type {HTMLElement | null} */ (document.querySelector("[data-contact] [data-alarm] h2, [data-contact] [data-focus]"));
first?.focus();
count(document.querySelector("[data-contact] textarea"));
