// @ts-check
// The keys that scroll a page scroll the conversation, which has an area of its own, before anything in it has the focus.

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const KEYS = ["ArrowDown", "ArrowUp", "PageDown", "PageUp", "Home", "End", " "];

document.addEventListener(
  "keydown",
  (event) => {
    if (document.activeElement === document.body && KEYS.includes(event.key)) main.focus({ preventScroll: true });
  },
  { capture: true },
);
