// @ts-check
// The entry search in a dialog: the nearest three under 1, 2 and 3, others by typing. Without it a page does the same.

import { submit } from "./submitting.js";

const dialog = /** @type {HTMLDialogElement | null} */ (document.querySelector("[data-chooser]"));
const title = /** @type {HTMLElement | null} */ (dialog?.querySelector("[data-chooser-title]") ?? null);
const shown = /** @type {HTMLElement | null} */ (dialog?.querySelector("[data-chooser-wording]") ?? null);
const box = /** @type {HTMLInputElement | null} */ (dialog?.querySelector("[data-chooser-typed]") ?? null);
const list = /** @type {HTMLElement | null} */ (dialog?.querySelector("[data-chooser-list]") ?? null);
const said = /** @type {HTMLElement | null} */ (dialog?.querySelector("[data-chooser-said]") ?? null);
const TITLES = { phrasing: "Add to which entry?", golden: "Golden question of which entry?" };
const WAIT_MS = 150;
/** @typedef {{id: string, question: string, place: number | null, confidence: number, rival: string, rival_confidence: number, alarm: string}} Choice */
/** @type {{button: HTMLButtonElement, kind: string, wording: string} | null} */
let open = null;
/** @type {Choice[]} */
let choices = [];
let chosen = 0;
let timer = 0;
/** The search that is on its way; what is shown is of the one before until it is there. @type {Promise<void> | null} */
let looking = null;
let isTaking = false;
/** @type {AbortController | null} */
let running = null;

/** @param {number} share */
const percent = (share) => `${Math.floor(100 * share)}%`;

/** @param {Choice} choice */
function fit(choice) {
  const place = choice.place === 1 ? "Found first today" : choice.place ? `Found as number ${choice.place} today` : "Not found by these words today";
  const found = choice.place ? `${place}, ${percent(choice.confidence)}.` : `${place}.`;
  const first = choice.alarm ? `A safety rule speaks first: ${choice.alarm}.` : found;
  return choice.rival ? `${first} Nearer: ${choice.rival}, ${percent(choice.rival_confidence)}.` : first;
}

/** @param {string} name @param {string} text @param {string} kind */
function piece(name, text, kind) {
  const made = document.createElement(name);
  made.textContent = text;
  made.className = kind;
  return made;
}

/** @param {Choice} choice @param {number} place */
function item(choice, place) {
  const made = document.createElement("li");
  made.id = `choice-${place}`;
  made.setAttribute("role", "option");
  if (place < 3 && !box?.value) made.append(piece("kbd", String(place + 1), ""));
  made.append(piece("span", choice.question, ""), piece("span", fit(choice), "meta"));
  return made;
}

function mark() {
  [...(list?.children ?? [])].forEach((each, place) => each.setAttribute("aria-selected", String(place === chosen)));
  if (choices.length) box?.setAttribute("aria-activedescendant", `choice-${chosen}`);
  else box?.removeAttribute("aria-activedescendant");
  list?.children[chosen]?.scrollIntoView({ block: "nearest" });
}

/** @param {number} place */
function take(place) {
  if (!open || !choices[place]) return;
  const { button, kind } = open;
  button.value = `${kind}:${choices[place].id}`;
  dialog?.close();
  if (button.form) submit(button.form, button);
  button.value = `${kind}:`;
}

function forget() {
  choices = [];
  chosen = 0;
  list?.replaceChildren();
  box?.removeAttribute("aria-activedescendant");
}

function look() {
  clearTimeout(timer);
  timer = 0;
  return (looking = search());
}

async function search() {
  running?.abort();
  running = new AbortController();
  const query = new URLSearchParams({ wording: open?.wording ?? "", q: box?.value ?? "" });
  try {
    const answer = await fetch(`/staff/unanswered/choices?${query}`, { signal: running.signal, headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(String(answer.status));
    choices = (await answer.json()).choices;
    if (said) said.textContent = choices.length ? `${choices.length} entries` : box?.value ? "No entry has these words." : "None is near. Search for one.";
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    choices = [];
    if (said) said.textContent = "The search does not answer. Try again.";
  }
  chosen = 0;
  list?.replaceChildren(...choices.map(item));
  mark();
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("button") : null;
  const [kind, entry] = (button?.name === "do" ? button.value : "").split(":");
  if (!dialog || !button || entry !== "" || !(kind === "phrasing" || kind === "golden")) return;
  event.preventDefault();
  const form = button.form;
  const ticked = /** @type {HTMLInputElement | null} */ (form?.querySelector('input[name="wording"]:checked, input[name="wording"][type="hidden"]') ?? null);
  open = { button, kind, wording: ticked?.value ?? "" };
  forget();
  if (title) title.textContent = TITLES[kind];
  if (shown) shown.textContent = open.wording;
  if (box) box.value = "";
  dialog.showModal();
  box?.focus();
  look();
});

box?.addEventListener("input", () => {
  forget();
  running?.abort();
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
});

/** The marked entry of what is typed now: where its search is not through, once it is. */
async function takeMarked() {
  if (isTaking) return;
  isTaking = true;
  await (timer ? look() : looking);
  isTaking = false;
  if (dialog?.open) take(chosen);
}
box?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step && choices.length) chosen = (chosen + step + choices.length) % choices.length;
  else if (event.key === "Enter") takeMarked();
  else if (/^[1-3]$/.test(event.key) && box.value === "") take(Number(event.key) - 1);
  else return;
  event.preventDefault();
  mark();
});
list?.addEventListener("click", (event) => {
  const found = event.target instanceof Element ? event.target.closest("li") : null;
  if (found) take([...list.children].indexOf(found));
});
dialog?.querySelector("[data-chooser-close]")?.addEventListener("click", () => dialog.close());
dialog?.addEventListener("close", () => {
  clearTimeout(timer);
  timer = 0;
  running?.abort();
  open?.button.focus();
});
