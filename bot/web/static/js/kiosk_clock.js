// @ts-check
// The kiosk's time: every wait and every repetition comes from here.

// The clock on the wall counts the hours that the device slept, but somebody may set it back; the other clock is never
// set, and may stand still meanwhile. So of what each has gone on by, the longer counts, and time never runs backwards.
let wall = Date.now();
let steady = performance.now();
let passed = 0;

/** @returns {number} milliseconds since the page was opened */
export function now() {
  const [onWall, onSteady] = [Date.now(), performance.now()];
  passed += Math.max(onWall - wall, onSteady - steady);
  [wall, steady] = [onWall, onSteady];
  return passed;
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
