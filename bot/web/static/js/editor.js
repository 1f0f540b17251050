// @ts-check
// Saves as one types, and never loses a text: it stays in the page, in the tab's storage, and on the server.

import { changes, fields, takeOver } from "./editor_fields.js";
import { keepText, keptText, takeUpSession } from "./editor_keeping.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-editor]"));
const told = /** @type {HTMLElement} */ (document.querySelector("[data-saved]"));
const clash = /** @type {HTMLElement} */ (document.querySelector("[data-clash]"));
const clashText = /** @type {HTMLElement} */ (document.querySelector("[data-clash-text]"));
const KEY = `entry:${form.dataset.user}:${form.dataset.entry}`;
const WAIT_MS = 1500;
const AGAIN_MS = [2000, 5000, 15000];
const SAVING = "Saving …";
const ALL_SAVED = "Everything is saved.";
const MOST_KEPT_ALIVE = 60_000; // characters that browsers still send when the page is closed
const base = /** @type {HTMLInputElement} */ (form.elements.namedItem("base"));
const version = /** @type {HTMLInputElement} */ (form.elements.namedItem("version"));
let saved = fields(form);
/** What was sent and not answered: it is sent again as it is, as the server knows a text that it has already. */
let pending = "";
let busy = false;
let failures = 0;
let collided = false;
let leaving = false;
let isSignedOut = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

const unsaved = () => fields(form) !== saved;

const keep = (sent = false) => keepText(KEY, unsaved() ? { base: base.value, version: version.value, text: fields(form), sent } : null);

function bringBack() {
  const kept = keptText(KEY, base.value, version.value);
  if (!kept || kept.text === saved) return;
  takeOver(form, changes(new URLSearchParams(kept.text)));
  [base.value, version.value] = [kept.base, kept.version];
  keep();
  told.textContent = "Text that was not saved yet is back.";
  later();
}

function body() {
  const sent = new URLSearchParams(fields(form));
  for (const name of ["base", "version", "csrf_token"]) {
    sent.set(name, /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value);
  }
  return sent.toString();
}

/** What was said of the text before is not true of the text that is typed now; what is wrong stays to be read. */
function tellUnsaved() {
  if (/^(Saved|Draft saved|Everything|Nothing)/.test(told.textContent ?? "") && unsaved()) told.textContent = SAVING;
}

/** @param {number} [wait] */
function later(wait = WAIT_MS) {
  clearTimeout(timer);
  timer = setTimeout(save, wait);
}

/** @param {boolean} [closing] whether the page may be gone before the answer */
async function save(closing = false) {
  clearTimeout(timer);
  if (busy || collided) return;
  if (!(pending || unsaved())) {
    if (told.textContent === SAVING) told.textContent = ALL_SAVED; // it was typed, and taken back
    return;
  }
  pending ||= body();
  busy = true;
  told.textContent = SAVING;
  try {
    const sent = new URLSearchParams(pending);
    const keepalive = closing && pending.length < MOST_KEPT_ALIVE;
    const headers = { Accept: "application/json" };
    const answer = await fetch(`${form.action}/draft`, { method: "POST", body: sent, headers, keepalive });
    if (answer.status >= 500) throw new Error(String(answer.status));
    failures = 0;
    pending = "";
    if (answer.ok) accept(await answer.json(), sent);
    else await refuse(answer.status);
  } catch {
    failures += 1;
    told.textContent = "Not saved: no connection. Your text is kept here, and it is tried again.";
    later(AGAIN_MS[Math.min(failures, AGAIN_MS.length) - 1]);
  } finally {
    busy = false;
  }
}

/** @param {any} result @param {URLSearchParams} sent */
function accept(result, sent) {
  if (result.outcome === "collided") {
    collided = true;
    clashText.textContent = `${result.author} changed the same words: ${result.fields.join(", ")}. Nothing is lost, neither their text nor yours.`;
    clash.hidden = false;
    told.textContent = "Kept beside the other text. Look at both.";
    return;
  }
  for (const name of ["base", "version", "csrf_token"]) sent.delete(name);
  const asSent = sent.toString();
  const touched = changes(new URLSearchParams(fields(form)), new URLSearchParams(asSent));
  const safe = Object.keys(result.changed).every((name) => !(name in touched));
  if (safe) {
    takeOver(form, result.changed);
    [base.value, version.value] = [String(result.base), String(result.version)];
    const typed = Object.keys(touched).length > 0;
    saved = typed ? asSent : fields(form);
  }
  const at = new Date(result.saved_at).toLocaleTimeString(document.documentElement.lang, { hour: "2-digit", minute: "2-digit" });
  told.textContent = result.outcome === "merged"
    ? `Saved ${at}, with what ${result.author} changed: ${result.fields.join(", ")}`
    : Object.values(result.faults)[0] ? `Saved ${at}, but for what cannot be read.` : unsaved() ? SAVING : `Saved ${at}`;
  if (result.version > 0) document.querySelectorAll("[data-draft-only]").forEach((each) => each.removeAttribute("hidden"));
  if (result.outcome !== "unchanged") document.querySelector("[data-last]")?.remove(); // the save bar tells it now
  keep();
  if (unsaved()) later();
}

/** @param {number} status */
async function refuse(status) {
  if (status === 400 && isSignedOut && (await takeUpSession(form))) {
    isSignedOut = false;
    return later(0);
  }
  isSignedOut = status === 401;
  told.textContent = isSignedOut
    ? "Not saved: you were signed out. Sign in again in another tab; your text is kept here, and is saved then."
    : "Not saved. Reload the page: your text is kept in this tab and comes back.";
  if (isSignedOut) later(AGAIN_MS[2]);
}

form.addEventListener("input", () => {
  keep();
  tellUnsaved();
  later();
});
form.addEventListener("focusout", () => unsaved() && later(0));
form.addEventListener("submit", () => {
  leaving = true;
  keep(true);
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s") return;
  event.preventDefault();
  if (unsaved()) save();
  else told.textContent = ALL_SAVED;
});
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "hidden" && !leaving) save(true);
});
window.addEventListener("focus", () => isSignedOut && later(0));
window.addEventListener("online", () => failures && later(0));
window.addEventListener("beforeunload", (event) => {
  if (unsaved() && !leaving) event.preventDefault();
});
window.addEventListener("pageshow", () => (leaving = false));
document.querySelectorAll("button[data-plain]").forEach((button) => (/** @type {HTMLElement} */ (button).hidden = true));
bringBack();
