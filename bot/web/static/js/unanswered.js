// @ts-check
// Open questions by keyboard: one key moves or decides. Every key presses a button that is there without this script.

import { isNone } from "./keys.js";
import { submit } from "./submitting.js";

const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-clusters]"));
let sent = false;

/** @returns {HTMLElement[]} */
function clusters() {
  return [...(list?.querySelectorAll("[data-cluster]") ?? [])].map((each) => /** @type {HTMLElement} */ (each));
}

/** The cluster that the keys work on: where the focus is, or was last. */
function current() {
  const all = clusters();
  return all.find((each) => each.contains(document.activeElement)) ?? all.find((each) => each.dataset.current === "") ?? null;
}

/** @param {HTMLElement | undefined} cluster */
function go(cluster) {
  if (!cluster) return;
  for (const each of clusters()) delete each.dataset.current;
  cluster.dataset.current = "";
  cluster.focus({ preventScroll: true });
  cluster.scrollIntoView({ block: "nearest" });
}

/** @param {number} step */
function move(step) {
  const all = clusters();
  const at = current();
  go(at ? all[Math.min(Math.max(all.indexOf(at) + step, 0), all.length - 1)] : all[0]);
}

function undo() {
  const form = /** @type {HTMLFormElement | null} */ (document.querySelector('.said form[action*="/undo/"]'));
  if (form) submit(form);
}

/** @param {HTMLElement} cluster */
function unfold(cluster) {
  const wordings = cluster.querySelector("details");
  wordings?.toggleAttribute("open");
}

/** @param {string} key */
function act(key) {
  if (key === "j" || key === "k") return move(key === "j" ? 1 : -1);
  if (key === "u") return undo();
  const cluster = current() ?? clusters()[0];
  if (!cluster) return;
  go(cluster);
  if (key === "w") return unfold(cluster);
  /** @type {HTMLButtonElement | null} */ (cluster.querySelector(`[data-key="${CSS.escape(key)}"]`))?.click();
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=checkbox]), textarea, select, dialog") !== null;
}

document.addEventListener("keydown", (event) => {
  if (isNone(event) || isTyping(event.target)) return;
  if (!/^[jkpngoxuw1-3]$/.test(event.key) || (event.repeat && !/[jk]/.test(event.key))) return;
  event.preventDefault();
  act(event.key);
});

list?.addEventListener("focusin", (event) => {
  const cluster = event.target instanceof Element ? event.target.closest("[data-cluster]") : null;
  if (!cluster) return;
  for (const each of clusters()) delete each.dataset.current;
  /** @type {HTMLElement} */ (cluster).dataset.current = "";
});

// A second press while the first is on its way would decide twice.
list?.addEventListener("submit", (event) => {
  if (event.defaultPrevented) return;
  if (sent) event.preventDefault();
  sent = true;
});
window.addEventListener("pageshow", () => (sent = false));

const at = Number(list?.dataset.at ?? 0);
if (at > 0) go(clusters()[at - 1]);
