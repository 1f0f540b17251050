// @ts-check
// Print one answer, or my questions, and nothing beside it; what is folded up is opened on paper.

const root = document.documentElement;
/** @type {HTMLDetailsElement[]} */
let opened = [];

/** @param {"card" | "mine"} what @param {Element} [card] */
export function print(what, card) {
  for (const other of document.querySelectorAll("[data-printed]")) other.removeAttribute("data-printed");
  root.dataset.printing = what;
  card?.setAttribute("data-printed", "");
  window.print(); // phones come back at once and print later, so the marks are taken off when it is over
}

/** @param {ParentNode} part */
function offer(part) {
  for (const button of part.querySelectorAll("[data-print]")) /** @type {HTMLElement} */ (button).hidden = false;
}

window.addEventListener("beforeprint", () => {
  const closed = /** @type {NodeListOf<HTMLDetailsElement>} */ (document.querySelectorAll("main details:not([open])"));
  opened = [...closed];
  for (const each of opened) each.open = true;
});
window.addEventListener("afterprint", () => {
  for (const each of opened) each.open = false;
  opened = [];
  delete root.dataset.printing;
});
document.addEventListener("turn", (event) => offer(/** @type {Element} */ (event.target)));
document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-print]") : null;
  if (button) print("card", button.closest("[data-card]") ?? undefined);
});
offer(document);
