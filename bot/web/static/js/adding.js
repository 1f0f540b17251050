// @ts-check
// A question was added to the list: that is said outside of the list, which may be closed, and taken back where it was done.
import { keep, kept } from "./keeping.js";

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
const UNDO_MS = 20_000;
const said = document.createElement("p"); // there from the beginning, since a new one would not be read out
said.className = "hidden";
said.setAttribute("role", "status");
document.querySelector("main")?.append(said);
/** @type {HTMLButtonElement | null} */
let undo = null;
let fading = 0;

/** Until the next thing is done. */
function withdraw() {
  clearTimeout(fading);
  undo?.remove();
  undo = null;
  said.textContent = "";
}

function fade() {
  if (undo && document.activeElement === undo) fading = setTimeout(fade, UNDO_MS); // whoever stands on it may press it yet
  else withdraw();
}

document.addEventListener("added", (event) => {
  const button = /** @type {HTMLButtonElement} */ (event.target);
  undo = document.createElement("button");
  undo.type = "button";
  undo.className = "btn";
  undo.textContent = words.sayUndo ?? "";
  undo.addEventListener("click", () => {
    keep(kept().filter((each) => each.question !== button.dataset.keep));
    said.textContent = words.sayUndone ?? "";
    button.focus();
  });
  button.after(undo);
  said.textContent = words.sayAdded ?? "";
  fading = setTimeout(fade, UNDO_MS);
});
document.addEventListener("kept", withdraw);
// Before the conversation is kept in this tab: a button that has lost its script is not part of it.
document.addEventListener("turn", withdraw, { capture: true });
