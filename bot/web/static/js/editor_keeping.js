// @ts-check
// Text that the server does not have yet, in this tab's session storage: a reload or a lost connection takes nothing.

/**
 * @typedef {{base: string, version: string, text: string, sent: boolean}} Kept
 * `base` and `version` are what it was typed over; `sent`: the whole form was on its way, by a button.
 */

/** @param {string} key @param {Kept | null} kept */
export function keepText(key, kept) {
  try {
    if (kept) sessionStorage.setItem(key, JSON.stringify(kept));
    else sessionStorage.removeItem(key);
  } catch {
    // Storage may be blocked; the text is still in the page and soon on the server.
  }
}

/**
 * What was kept, unless it was sent and the page shows that it has arrived.
 * @param {string} key @param {string} base @param {string} version @returns {Kept | null}
 */
export function keptText(key, base, version) {
  try {
    const kept = /** @type {Kept | null} */ (JSON.parse(sessionStorage.getItem(key) ?? "null"));
    sessionStorage.removeItem(key);
    return kept && kept.sent && (kept.base !== base || kept.version !== version) ? null : kept;
  } catch {
    return null;
  }
}
