// @ts-check
// Single keys act only while they are switched on (WCAG 2.1.4): one switch, remembered for all pages of this tab.

const OFF = "staff-keys-off";
const list = /** @type {HTMLElement | null} */ (document.querySelector("[data-keys]"));
const toggle = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-keys-switch]"));
let off = false;

/** Whether they are switched off. */
export function areOff() {
  try {
    off = sessionStorage.getItem(OFF) === "1";
  } catch {
    // Storage may be blocked; the keys are then as they were switched on this page.
  }
  return off;
}

/** Whether a press is no single key for the page: one that belongs to the browser, or that came while they are off. @param {KeyboardEvent} event */
export function isNone(event) {
  return event.ctrlKey || event.metaKey || event.altKey || event.isComposing || areOff();
}

function show() {
  for (const each of document.querySelectorAll("[data-kbd], [data-keys-list]")) {
    /** @type {HTMLElement} */ (each).hidden = areOff();
  }
  if (!toggle) return;
  toggle.textContent = areOff() ? "Keys are off" : "Keys are on";
  toggle.setAttribute("aria-pressed", String(!areOff()));
}

toggle?.addEventListener("click", () => {
  off = !areOff();
  try {
    sessionStorage.setItem(OFF, off ? "1" : "");
  } catch {
    // As above.
  }
  show();
});

if (list) list.hidden = false;
show();
