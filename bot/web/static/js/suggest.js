// @ts-check
// Approved questions as you type. A box of several lines may not take the role combobox (ARIA in HTML, and axe's rule
// aria-allowed-role), nor aria-expanded without it. It keeps its own role, which may have a popup, autocomplete, controls
// and an active descendant (ARIA 1.2, textbox); that the list is open, and how long it is, is said.

import { submit } from "./submitting.js";

const box = /** @type {HTMLTextAreaElement} */ (document.querySelector("[data-question]"));
const list = /** @type {HTMLUListElement} */ (document.querySelector("[data-options]"));
const said = /** @type {HTMLElement} */ (document.querySelector("[data-said]"));
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
const WAIT_MS = 180;
const FEWEST = 3;
let chosen = -1;
/** @type {AbortController | null} */
let running = null;
let timer = 0;
/** What was typed when an open list was closed: for as long as it stands, the arrow opens the list again. */
let putAway = "";

box.setAttribute("aria-autocomplete", "list");
box.setAttribute("aria-haspopup", "listbox");
box.setAttribute("aria-controls", list.id);

function close() {
  clearTimeout(timer);
  running?.abort();
  if (!list.hidden) putAway = box.value;
  list.hidden = true;
  list.replaceChildren();
  chosen = -1;
  said.textContent = "";
  box.removeAttribute("aria-activedescendant");
}

/** @param {{id: string, question: string, language: string}[]} found */
function open(found) {
  list.replaceChildren(
    ...found.map((each, place) => {
      const item = document.createElement("li");
      item.id = `option-${place}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      item.lang = each.language;
      item.textContent = each.question;
      return item;
    }),
  );
  chosen = -1;
  list.hidden = found.length === 0;
  // As many as there is room for: a list that scrolls would be one more thing to reach, by keys and by thumb.
  while (list.children.length > 1 && list.scrollHeight > list.clientHeight) list.lastElementChild?.remove();
  const shown = list.children.length;
  const text = shown === 1 ? words.sayFoundOne : words.sayFound?.replace("{n}", String(shown));
  said.textContent = shown ? (text ?? "") : "";
  box.removeAttribute("aria-activedescendant");
}

/** @param {number} place */
function choose(place) {
  const items = [...list.children];
  items[chosen]?.setAttribute("aria-selected", "false");
  chosen = (place + items.length) % items.length;
  items[chosen].setAttribute("aria-selected", "true");
  items[chosen].scrollIntoView({ block: "nearest" });
  box.setAttribute("aria-activedescendant", items[chosen].id);
}

/** @param {Element} item */
function take(item) {
  box.value = item.textContent ?? "";
  close();
  if (box.form) submit(box.form);
}

async function look() {
  running?.abort();
  running = new AbortController();
  const typed = box.value.trim();
  if (typed.length < FEWEST || typed.length > 200) return close();
  try {
    const query = new URLSearchParams({ q: typed, locale: document.documentElement.lang });
    const answer = await fetch(`/api/v1/suggest?${query}`, { signal: running.signal });
    if (answer.ok && document.activeElement === box) open((await answer.json()).suggestions);
  } catch {
    // Suggestions are a help, not a need: without them one types on.
  }
}

box.addEventListener("input", () => {
  clearTimeout(timer);
  putAway = "";
  timer = setTimeout(look, WAIT_MS);
});

// Before the chat's own keys: an open list takes the arrows, Enter and Escape.
box.addEventListener(
  "keydown",
  (event) => {
    if (event.key === "Enter" && list.hidden) close();
    if (event.key === "ArrowDown" && list.hidden && !event.isComposing && putAway && box.value === putAway) {
      event.preventDefault();
      look();
    }
    if (list.hidden || event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (event.key === "ArrowDown") choose(chosen + 1);
      else choose(chosen < 0 ? list.children.length - 1 : chosen - 1);
    } else if (event.key === "Enter" && chosen >= 0) {
      event.preventDefault();
      take(list.children[chosen]);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" || event.key === "Tab") {
      close();
    }
  },
  { capture: true },
);

list.addEventListener("pointerdown", (event) => event.preventDefault());
list.addEventListener("click", (event) => {
  const item = event.target instanceof Element ? event.target.closest("li") : null;
  if (item) take(item);
});
box.addEventListener("blur", close);
box.form?.addEventListener("submit", close);
