// @ts-check
// An answer as it comes: read, added to the conversation, and brought into view.

const log = /** @type {HTMLElement} */ (document.querySelector("[data-log]"));
const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-ask-form]"));

/** @param {string} html @returns {Element | null} a turn, or why there is none */
export function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("[data-turn], [data-refused]");
}

/** @param {Element} turn @param {boolean} chosen whether its question was chosen from the page, not typed */
export function show(turn, chosen) {
  const added = /** @type {HTMLElement} */ (document.importNode(turn, true));
  const alarm = /** @type {HTMLElement | null} */ (added.querySelector("[data-alarm] h2"));
  const heading = /** @type {HTMLElement | null} */ (added.querySelector("[data-card] h2"));
  const last = /** @type {HTMLElement | null} */ (log.lastElementChild);
  if (added.dataset.entry && added.dataset.entry === last?.dataset.entry) {
    added.querySelector("[data-card] details")?.setAttribute("open", ""); // the same answer again: what was asked on stands there
  }
  if (chosen && !alarm) heading?.setAttribute("aria-live", "off"); // it takes the focus, and is said by that
  log.append(added);
  added.dispatchEvent(new CustomEvent("turn", { bubbles: true }));
  if (alarm) alarm.focus({ preventScroll: true });
  else if (chosen) heading?.focus({ preventScroll: true });
  else if (matchMedia("(pointer: coarse)").matches) {
    // A finger's keyboard would cover the answer.
    for (const each of form.querySelectorAll("[data-question], button.go")) /** @type {HTMLElement} */ (each).blur();
  }
  (alarm?.closest("[data-card]") ?? added).scrollIntoView({ block: "start" });
}
