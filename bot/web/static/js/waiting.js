// @ts-check
// How long an answer may take, also in browsers that have no signal for that.

/** @param {number} ms @returns {AbortSignal} one that gives up after that time */
export function atMost(ms) {
  if (AbortSignal.timeout) return AbortSignal.timeout(ms);
  const limit = new AbortController();
  setTimeout(() => limit.abort(), ms);
  return limit.signal;
}
