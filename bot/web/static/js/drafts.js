// @ts-check
// What is typed and not sent, in this tab's session storage only: for half an hour, until it is sent or "Clear" is pressed.

const LONGEST_MS = 30 * 60_000;
const QUESTION = "draft-question";
const MESSAGE = "draft-message";

/** What stands in the form to the clinic. `begun` is what it was begun with.
 * @typedef {{name?: string, contact?: string, message?: string, consent?: boolean, turn?: string, conversation?: string, begun?: string}} Message */

/** @param {string} key @param {unknown} typed nothing when there is nothing to keep @returns {boolean} whether it is kept */
function keep(key, typed) {
  try {
    if (typed) sessionStorage.setItem(key, JSON.stringify({ at: Date.now(), typed }));
    else sessionStorage.removeItem(key);
    return true;
  } catch {
    return false; // storage may be blocked or full; it then lasts until the page is left
  }
}

/** @param {string} key @returns {any} */
function kept(key) {
  try {
    const found = JSON.parse(sessionStorage.getItem(key) ?? "null");
    return found && Date.now() - found.at < LONGEST_MS ? found.typed : null;
  } catch {
    return null;
  }
}

/** @param {string} typed */
export const keepQuestion = (typed) => keep(QUESTION, typed.trim() && typed);

/** @returns {string} */
export const keptQuestion = () => String(kept(QUESTION) ?? "");

/** @param {Message | null} typed */
export const keepMessage = (typed) => keep(MESSAGE, typed);

/** @returns {Message | null} */
export const keptMessage = () => kept(MESSAGE);

export function dropDrafts() {
  keep(QUESTION, null);
  keep(MESSAGE, null);
}
