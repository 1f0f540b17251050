// @ts-check
// The arrow keys bring back what was asked before, in this page's memory only.

const box = /** @type {HTMLTextAreaElement} */ (document.querySelector("[data-question]"));
/** @type {string[]} */
let asked = [];
let place = 0;

/** @param {string} question */
export function remember(question) {
  asked.push(question);
  place = asked.length;
}

export function forgetAsked() {
  asked = [];
  place = 0;
}

box.addEventListener("keydown", (event) => {
  const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (!step || event.defaultPrevented || event.isComposing || event.altKey || event.ctrlKey || event.metaKey) return;
  const untouched = box.value === "" || box.value === asked[place];
  if (!untouched || asked.length === 0 || place + step < 0 || place + step > asked.length) return;
  event.preventDefault();
  place += step;
  box.value = asked[place] ?? "";
  box.dispatchEvent(new CustomEvent("recalled", { bubbles: true }));
});
