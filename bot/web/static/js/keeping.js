// @ts-check
// "Add to my questions": the patient's own list, in this tab's session storage only.

/**
 * An approved question has the id of its entry, and the language that it was read in; the patient's own words have neither.
 * @typedef {{question: string, id: string, lang: string}} Kept
 */

const KEY = "my-questions";
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
/** @type {Kept[]} */
let list = read();

/** @returns {Kept[]} */
function read() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    if (!Array.isArray(found)) return [];
    return found
      .map((each) => ({ question: String(each?.question ?? each), id: String(each?.id ?? ""), lang: String(each?.lang ?? "") }))
      .filter((each) => each.question);
  } catch {
    return [];
  }
}

/** @returns {readonly Kept[]} */
export function kept() {
  return list;
}

/** @param {readonly Kept[]} now */
export function keep(now) {
  list = [...now];
  try {
    sessionStorage.setItem(KEY, JSON.stringify(list));
  } catch {
    // Storage may be blocked; the list then lasts until the page is left.
  }
  offer(document);
  document.dispatchEvent(new CustomEvent("kept"));
}

/** @param {ParentNode} part */
function offer(part) {
  for (const each of part.querySelectorAll("[data-keep]")) {
    const button = /** @type {HTMLButtonElement} */ (each);
    button.hidden = false;
    button.dataset.label ??= button.textContent ?? "";
    const listed = list.some((other) => other.question === button.dataset.keep);
    button.textContent = (listed && words.sayListed) || button.dataset.label;
    button.setAttribute("aria-disabled", String(listed));
  }
}

/** @param {Element} button @returns {string} the language of the approved question on its card */
function langOf(button) {
  const heading = button.closest("[data-card]")?.querySelector("h1, h2") ?? button;
  return heading.closest("[lang]")?.getAttribute("lang") ?? "";
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-keep]") : null;
  const question = button?.getAttribute("data-keep");
  if (!button || !question || list.some((other) => other.question === question)) return;
  const id = button.getAttribute("data-keep-id") ?? "";
  keep([...list, { question, id, lang: id && langOf(button) }]);
  button.dispatchEvent(new CustomEvent("added", { bubbles: true }));
});
document.addEventListener("turn", (event) => offer(/** @type {Element} */ (event.target)));
offer(document);
