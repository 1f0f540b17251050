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

/**
 * Takes up the mark of a session that was begun in another tab; false where nobody, or somebody else, is signed in.
 * @param {HTMLFormElement} form
 */
export async function takeUpSession(form) {
  const answer = await fetch(form.action, { headers: { Accept: "text/html" } });
  if (!answer.ok || answer.redirected) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const theirs = /** @type {HTMLElement | null} */ (page.querySelector("[data-editor]"));
  const mark = /** @type {HTMLInputElement | null} */ (theirs?.querySelector("input[name=csrf_token]") ?? null);
  if (!mark || theirs?.dataset.user !== form.dataset.user) return false;
  for (const each of document.querySelectorAll("input[name=csrf_token]")) /** @type {HTMLInputElement} */ (each).value = mark.value;
  return true;
}
