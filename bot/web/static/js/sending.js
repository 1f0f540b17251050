// @ts-check
// A message over a bad line: a time limit, one more try, and the same key both times, so that it is asked only once.

const GIVE_UP_MS = 8000;
const PAUSE_MS = 1000;
const BACK_WITHIN_MS = 2500;
const BROKEN_ON_THE_WAY = [502, 504];

/** What a message, however often it is sent, or a conversation is known by; nobody can guess it. @returns {string} */
export function newName() {
  return [...crypto.getRandomValues(new Uint8Array(18))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @returns {Promise<void>} Ends after a moment, or as soon as the network is back. */
function pause() {
  return new Promise((go) => {
    setTimeout(go, navigator.onLine ? PAUSE_MS : BACK_WITHIN_MS);
    if (!navigator.onLine) window.addEventListener("online", () => go(), { once: true });
  });
}

/** @param {string} address @param {URLSearchParams} body */
async function once(address, body) {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), GIVE_UP_MS);
  try {
    const answer = await fetch(address, { method: "POST", body, signal: limit.signal });
    return { status: answer.status, text: await answer.text() };
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Send, and once more when that fails; throws when both did, or when `mayAgain` says that nobody waits for it now.
 * @param {string} address @param {URLSearchParams} body @param {() => boolean} mayAgain
 */
export async function send(address, body, mayAgain) {
  try {
    const first = await once(address, body);
    if (!BROKEN_ON_THE_WAY.includes(first.status)) return first;
  } catch {
    // The second try decides.
  }
  if (mayAgain()) await pause();
  if (!mayAgain()) throw new Error("nobody waits for it");
  return once(address, body);
}
