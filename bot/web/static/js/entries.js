// @ts-check
// The list of entries: narrowed as one types, walked with the keyboard. Links and forms work without it.

import { areOff } from "./keys.js";

const filters = /** @type {HTMLFormElement} */ (document.querySelector("[data-filters]"));
const list = /** @type {HTMLElement} */ (document.querySelector("[data-list]"));
const search = /** @type {HTMLInputElement} */ (filters.querySelector("[data-search]"));
const WAIT_MS = 200;
/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

function address() {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(filters)) if (value) query.set(name, String(value));
  if (query.get("sort") === "question") query.delete("sort");
  return query;
}

async function narrow() {
  running?.abort();
  running = new AbortController();
  const query = address();
  const page = `${filters.getAttribute("action")}${query.size ? `?${query}` : ""}`;
  query.set("part", "list");
  try {
    const answer = await fetch(`${filters.getAttribute("action")}?${query}`, { signal: running.signal });
    if (!answer.ok) return location.assign(page);
    const held = list.contains(document.activeElement); // walking goes on in the new list
    const found = new DOMParser().parseFromString(await answer.text(), "text/html");
    list.replaceChildren(...[...found.body.childNodes].map((node) => document.importNode(node, true)));
    history.replaceState(null, "", page);
    tick();
    if (held) move(0);
  } catch (error) {
    if (!(error instanceof DOMException && error.name === "AbortError")) location.assign(page);
  }
}

function tick() {
  const count = list.querySelectorAll('input[name="id"]:checked').length;
  const bulk = list.querySelector("[data-bulk]");
  const told = list.querySelector("[data-ticked]");
  bulk?.toggleAttribute("data-idle", count === 0);
  if (told) told.textContent = count ? `(${count})` : "";
}

/** @param {number} by */
function move(by) {
  const links = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-open]")]);
  if (!links.length) return;
  const row = document.activeElement?.closest("[data-row]");
  const at = links.findIndex((link) => row?.contains(link));
  links[at < 0 ? 0 : Math.min(Math.max(at + by, 0), links.length - 1)].focus();
}

/** Without the words: some browsers empty the box by themselves, and say nothing of it. @param {Event} event */
function showAll(event) {
  event.preventDefault();
  clearTimeout(timer);
  search.value = "";
  narrow();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const target = /** @type {HTMLElement} */ (event.target);
  const typing = target.matches("select, textarea") || (target.matches("input") && target.getAttribute("type") !== "checkbox");
  if (target === search && event.key === "Escape" && search.value) return showAll(event);
  if (target === search && (event.key === "Escape" || event.key === "ArrowDown")) {
    event.preventDefault();
    return move(0);
  }
  if (typing || areOff()) return;
  const row = document.activeElement?.closest("[data-row]");
  if (event.key === "/") search.focus();
  else if (event.key === "j") move(1);
  else if (event.key === "k") move(-1);
  else if (event.key === "e" && row) /** @type {HTMLElement} */ (row.querySelector("[data-open]"))?.click();
  else if (event.key === "x" && row) /** @type {HTMLElement} */ (row.querySelector('input[name="id"]'))?.click();
  else return;
  event.preventDefault();
});

filters.addEventListener("input", (event) => {
  clearTimeout(timer);
  timer = setTimeout(narrow, event.target === search ? WAIT_MS : 0);
});
filters.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(timer);
  narrow();
});
list.addEventListener("change", tick);
const apply = filters.querySelector("[data-apply]");
if (apply instanceof HTMLElement) apply.hidden = true;
tick();
