// @ts-check
// Help that stays in view once a visit had an emergency or a crisis, until the visit is over.

const stage = /** @type {HTMLElement} */ (document.querySelector("[data-stage]"));
const lines = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-standing]"));
/** @type {Set<string>} */
const raised = new Set();

/** @returns {string} what the help in view is for, or nothing. A crisis's lines have the emergency number as well. */
export function helpInView() {
  return raised.has("crisis") ? "crisis" : raised.has("emergency") ? "emergency" : "";
}

/** @param {string} level */
export function keepHelp(level) {
  raised.add(level);
  show();
}

/** The visit is over. */
export function letHelpGo() {
  raised.clear();
  show();
}

function show() {
  for (const each of lines) each.hidden = each.dataset.standing !== helpInView();
}

document.addEventListener("kiosk:shown", () => {
  for (const each of stage.querySelectorAll("[data-alarm]")) keepHelp(each.getAttribute("data-alarm") ?? "");
  for (const each of stage.querySelectorAll("[data-in-view]")) keepHelp(each.getAttribute("data-in-view") ?? "");
});
