// @ts-check
// Having the server forget a conversation; what it could not be told now it is told later, while the page is open.
// Other tabs may show a copy of the conversation: they hear of it, and may ask later. Only its token is told.

const AGAIN_MS = 10_000;
const LATEST_MS = 300_000;
/** @type {Set<string>} conversations that the server may still know */
const owed = new Set();
/** @type {Set<string>} conversations that were forgotten from this page */
const forgotten = new Set();
const tabs = channel();
let wait = AGAIN_MS;
let timer = 0;
/** @type {(settled: boolean) => void} */
let tell = () => {};

/** @returns {BroadcastChannel | null} */
function channel() {
  try {
    return new BroadcastChannel("conversations");
  } catch {
    return null; // browsers before 2022 have none, and storage may be blocked: a copy then lasts its half an hour
  }
}

/** @param {string} token */
async function ask(token) {
  try {
    const answer = await fetch(`/api/v1/conversations/${token}`, { method: "DELETE", keepalive: true });
    if (answer.ok || answer.status === 404) owed.delete(token);
  } catch {
    // No connection: it stays owed.
  }
}

async function settle() {
  clearTimeout(timer);
  if (!owed.size) return;
  await Promise.all([...owed].map(ask));
  tell(owed.size === 0);
  clearTimeout(timer);
  if (owed.size) timer = setTimeout(settle, wait);
  wait = owed.size ? Math.min(2 * wait, LATEST_MS) : AGAIN_MS;
}

/** @param {string} token @param {(settled: boolean) => void} onTold whether the server has forgotten all it should, after each try */
export function forget(token, onTold) {
  if (!token) return;
  tell = onTold;
  owed.add(token);
  forgotten.add(token);
  tabs?.postMessage({ forgotten: token });
  settle();
}

/** Ask the other tabs whether one of them had this conversation forgotten. @param {string} token */
export function enquire(token) {
  if (token) tabs?.postMessage({ shown: token });
}

/** @param {(token: string) => void} heard called for each conversation that another tab had forgotten */
export function heed(heard) {
  tabs?.addEventListener("message", ({ data }) => {
    if (typeof data?.forgotten === "string") heard(data.forgotten);
    else if (forgotten.has(data?.shown)) tabs.postMessage({ forgotten: data.shown });
  });
}

window.addEventListener("online", settle);
window.addEventListener("pagehide", settle);
