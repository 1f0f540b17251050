// @ts-check
// Having the server forget a conversation; what it could not be told now it is told later, while the page is open.

const AGAIN_MS = 10_000;
const LATEST_MS = 300_000;
/** @type {Set<string>} conversations that the server may still know */
const owed = new Set();
let wait = AGAIN_MS;
let timer = 0;
/** @type {(settled: boolean) => void} */
let tell = () => {};

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
  settle();
}

window.addEventListener("online", settle);
window.addEventListener("pagehide", settle);
