// @ts-check
// The kiosk's time: every wait and every repetition comes from here.

/** @returns {number} milliseconds */
export function now() {
  return Date.now();
}

/** @param {number} ms @param {() => void} act @returns {() => void} call it to give up waiting */
export function after(ms, act) {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}

/** @param {number} ms @param {() => void} act @returns {() => void} call it to end */
export function every(ms, act) {
  const timer = setInterval(act, ms);
  return () => clearInterval(timer);
}
