// @ts-check
// The reference of a message that was sent, kept in this tab's session storage: nothing else of the message is.

const KEY = "reference";

/** @param {string} reference */
export function keepReceipt(reference) {
  try {
    if (reference) sessionStorage.setItem(KEY, reference);
    else sessionStorage.removeItem(KEY);
  } catch {
    // Storage may be blocked; the page that came has it.
  }
}

/** @returns {string} the reference of the last message, if there is one */
export function keptReceipt() {
  try {
    return sessionStorage.getItem(KEY) ?? "";
  } catch {
    return "";
  }
}
