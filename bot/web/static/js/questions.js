// @ts-check
// My questions: a list for the next visit, in this tab's session storage only.

const panel = /** @type {HTMLElement} */ (document.querySelector("[data-mine]"));
const items = /** @type {HTMLElement} */ (panel.querySelector("[data-mine-list]"));
const empty = /** @type {HTMLElement} */ (panel.querySelector("[data-mine-empty]"));
const status = /** @type {HTMLElement} */ (panel.querySelector("[data-mine-status]"));
const undo = /** @type {HTMLButtonElement} */ (panel.querySelector("[data-mine-undo]"));
const opener = /** @type {HTMLButtonElement} */ (document.querySelector("[data-mine-open]"));
const KEY = "my-questions";
/** @type {string[]} */
let kept = read();
/** @type {string[] | null} */
let before = null;

/** @returns {string[]} */
function read() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
    return Array.isArray(found) ? found.filter((each) => typeof each === "string") : [];
  } catch {
    return [];
  }
}

function write() {
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage may be blocked; the list then lasts until the page is left.
  }
}

function draw() {
  items.replaceChildren(
    ...kept.map((question, place) => {
      const item = document.createElement("li");
      item.append(question);
      const remove = document.createElement("button");
      remove.type = "button";
      remove.className = "btn";
      remove.textContent = "Remove";
      remove.setAttribute("aria-label", `Remove: ${question}`);
      remove.addEventListener("click", () => change(kept.filter((_, other) => other !== place), "Removed."));
      item.append(remove);
      return item;
    }),
  );
  empty.hidden = kept.length > 0;
  opener.textContent = `My questions (${kept.length})`;
  undo.hidden = before === null;
}

/** @param {string[]} now @param {string} said */
function change(now, said) {
  before = kept;
  kept = now;
  write();
  draw();
  status.textContent = said;
}

/** @param {boolean} shown */
function toggle(shown) {
  panel.hidden = !shown;
  if (shown) /** @type {HTMLElement} */ (panel.querySelector("h2")).focus();
  else opener.focus();
}

/** @param {ParentNode} part */
function offer(part) {
  for (const each of part.querySelectorAll("[data-keep]")) {
    const button = /** @type {HTMLButtonElement} */ (each);
    button.hidden = false;
    if (kept.includes(button.dataset.keep ?? "")) button.textContent = "In my questions";
  }
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-keep]") : null;
  const question = button?.getAttribute("data-keep");
  if (!button || !question) return;
  if (!kept.includes(question)) change([...kept, question], "Added.");
  button.textContent = "In my questions";
});
document.addEventListener("turn", (event) => offer(/** @type {Element} */ (event.target)));
opener.hidden = false;
opener.addEventListener("click", () => toggle(panel.hidden));
panel.querySelector("[data-mine-close]")?.addEventListener("click", () => toggle(false));
panel.addEventListener("keydown", (event) => {
  if (event.key === "Escape") toggle(false);
});
undo.addEventListener("click", () => {
  kept = before ?? kept;
  before = null;
  write();
  draw();
  status.textContent = "Undone.";
});
panel.querySelector("[data-mine-print]")?.addEventListener("click", () => {
  document.documentElement.dataset.printing = "mine";
  window.print();
  delete document.documentElement.dataset.printing;
});
offer(document);
draw();
