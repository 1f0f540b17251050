// @ts-check
// The form to the clinic keeps what is typed in this tab until it is sent, so that no way off the page loses it.
import { keepMessage, keptMessage } from "./drafts.js";

const TEXTS = /** @type {const} */ (["name", "contact", "message"]);
const TOKENS = /** @type {const} */ (["turn", "conversation"]);

/** @param {HTMLFormElement} form @param {string} name */
const field = (form, name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));
/** @returns {HTMLFormElement | null} */
const shown = () => document.querySelector("[data-contact-form]");

function keep() {
  const form = shown();
  if (!form) return keepMessage(null); // it is sent
  const values = Object.fromEntries([...TEXTS, ...TOKENS].map((name) => [name, field(form, name).value]));
  const isTyped = TEXTS.some((name) => values[name].trim());
  keepMessage(isTyped ? { ...values, consent: field(form, "consent").checked, begun: keptMessage()?.begun } : null);
}

/** @param {HTMLFormElement} form */
function fill(form) {
  const kept = keptMessage();
  const isFilled = TEXTS.some((name) => field(form, name).defaultValue) || form.hasAttribute("data-typed");
  if (!kept || isFilled) return; // the page that came knows better
  for (const name of [...TEXTS, ...TOKENS]) field(form, name).value ||= String(kept[name] ?? "");
  field(form, "consent").checked ||= Boolean(kept.consent);
}

const first = shown();
if (first) fill(first);
document.addEventListener("input", keep);
window.addEventListener("pagehide", keep);
document.addEventListener("sent", keep);
