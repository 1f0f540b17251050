// @ts-check
// My questions: the list for the next visit, to look at, print, and take along as a code.
import "./adding.js";
import { keep, kept } from "./keeping.js";
import { print } from "./printing.js";
import { addressOf } from "./taking.js";

const panel = /** @type {HTMLElement} */ (document.querySelector("[data-mine]"));
const items = /** @type {HTMLElement} */ (panel.querySelector("[data-mine-list]"));
const empty = /** @type {HTMLElement} */ (panel.querySelector("[data-mine-empty]"));
const status = /** @type {HTMLElement} */ (panel.querySelector("[data-mine-status]"));
const undo = /** @type {HTMLButtonElement} */ (panel.querySelector("[data-mine-undo]"));
const printer = /** @type {HTMLButtonElement} */ (panel.querySelector("[data-mine-print]"));
const coder = /** @type {HTMLButtonElement | null} */ (panel.querySelector("[data-mine-code]"));
const code = /** @type {HTMLElement | null} */ (panel.querySelector("[data-code]"));
const opener = /** @type {HTMLButtonElement} */ (document.querySelector("[data-mine-open]"));
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
/** @typedef {import("./keeping.js").Kept} Kept */
const UNDO_MS = 20_000;
/** @type {readonly Kept[] | null} */
let before = null;
let fading = 0;

/** @param {Kept} kept_ @param {number} place */
function line(kept_, place) {
  const item = document.createElement("li");
  const inside = document.createElement("div");
  inside.className = "line";
  const text = document.createElement("span");
  text.textContent = kept_.question;
  if (kept_.lang) text.lang = kept_.lang;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "btn";
  remove.textContent = words.sayRemove ?? "";
  remove.setAttribute("aria-label", words.sayRemoveThis?.replace("{question}", () => kept_.question) ?? "");
  remove.addEventListener("click", () => {
    const now = kept();
    change(now.filter((_, other) => other !== place), words.sayRemoved);
    (items.querySelectorAll("button")[Math.min(place, now.length - 2)] ?? undo).focus();
  });
  inside.append(text, remove);
  item.append(inside);
  return item;
}

/** What can be taken back for a while, until the next thing is done. @param {readonly Kept[] | null} list @param {string} [said] */
function offerUndo(list, said = "") {
  clearTimeout(fading);
  before = list;
  undo.hidden = list === null;
  status.textContent = said;
  if (list) fading = setTimeout(fade, UNDO_MS);
}

function fade() {
  if (document.activeElement === undo) fading = setTimeout(fade, UNDO_MS); // whoever stands on it may press it yet
  else offerUndo(null);
}

function draw() {
  const now = kept();
  items.replaceChildren(...now.map(line));
  empty.hidden = now.length > 0;
  opener.textContent = words.sayMine?.replace("{n}", String(now.length)) ?? "";
  printer.hidden = now.length === 0;
  if (coder) coder.hidden = now.length === 0;
  if (code) code.hidden = true;
}

/** @param {readonly Kept[]} now @param {string | undefined} said */
function change(now, said) {
  const old = kept();
  keep(now);
  offerUndo(old, said);
}

/** @param {boolean} shown */
function toggle(shown) {
  panel.hidden = !shown;
  if (shown) {
    /** @type {HTMLElement} */ (panel.querySelector("h2")).focus();
    panel.scrollIntoView({ block: "nearest" });
  } else {
    offerUndo(null);
    opener.focus();
  }
}

/** The code is drawn in this browser: nobody else sees the list. @param {HTMLElement} place */
async function showCode(place) {
  const { matrixOf, pictureOf } = await import(place.dataset.codeFrom ?? "");
  const at = `${location.origin}${place.dataset.codeAt}`;
  let fits = kept().length;
  let rows = null;
  while (fits > 0 && !(rows = matrixOf(addressOf(at, kept().slice(0, fits))))) fits -= 1;
  const picture = place.querySelector("[data-code-picture]");
  const said = place.querySelector("[data-code-said]");
  if (rows) picture?.replaceChildren(pictureOf(rows, words.sayCode ?? ""));
  const part = fits < kept().length ? words.sayCodePart?.replace("{n}", String(fits)) : "";
  if (said) said.textContent = (rows && part) || "";
  place.hidden = rows === null;
  if (rows === null) status.textContent = words.sayCodeNone ?? "";
  else place.scrollIntoView({ block: "nearest" });
}

document.addEventListener("added", () => offerUndo(null)); // it is said, and taken back, at the button that was pressed
document.addEventListener("kept", draw);
document.addEventListener("turn", () => offerUndo(null));
opener.hidden = false;
opener.addEventListener("click", () => toggle(panel.hidden));
panel.querySelector("[data-mine-close]")?.addEventListener("click", () => toggle(false));
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") toggle(false);
});
undo.addEventListener("click", () => {
  keep(before ?? kept());
  offerUndo(null, words.sayUndone);
  panel.querySelector("h2")?.focus();
});
printer.addEventListener("click", () => {
  offerUndo(null);
  print("mine");
});
coder?.addEventListener("click", () => {
  offerUndo(null);
  if (code) showCode(code);
});
draw();
