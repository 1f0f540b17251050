// @ts-check
// The list that came along in the code: read from this address, shown, printed; it is sent nowhere.
import { keep } from "./keeping.js";
import { print } from "./printing.js";
import { listOf } from "./taking.js";

const items = /** @type {HTMLElement} */ (document.querySelector("[data-home-list]"));
const tools = /** @type {HTMLElement} */ (document.querySelector("[data-home-tools]"));
const empty = /** @type {HTMLElement} */ (document.querySelector("[data-home-empty]"));
/** @type {import("./keeping.js").Kept[]} */
let list = [];

/** @typedef {{id: string, question: string, language: string}} Approved */
/** Which approved question an id stands for, in the page's language where there is one. @returns {Promise<Map<string, Approved>>} */
async function approved() {
  try {
    const { topics } = await (await fetch(`/api/v1/topics?locale=${document.documentElement.lang}`)).json();
    const entries = /** @type {{entries: Approved[]}[]} */ (topics).flatMap((topic) => topic.entries);
    return new Map(entries.map((each) => [each.id, each]));
  } catch {
    return new Map();
  }
}

async function show() {
  const found = listOf(location.hash);
  const names = found.some((each) => each.id) ? await approved() : new Map();
  list = found.map((each) => {
    const name = names.get(each.id);
    return { ...each, question: each.question || name?.question || each.id.replaceAll("-", " "), lang: name?.language ?? "" };
  });
  items.replaceChildren(
    ...list.map((each) => {
      const item = document.createElement("li");
      const text = document.createElement(each.id ? "a" : "span");
      if (text instanceof HTMLAnchorElement) text.href = `/answers/${each.id}${location.search}`;
      if (each.lang) text.lang = each.lang;
      text.textContent = each.question;
      item.append(text);
      return item;
    }),
  );
  empty.hidden = list.length > 0;
  tools.hidden = list.length === 0;
}

tools.querySelector("[data-home-print]")?.addEventListener("click", () => print("mine"));
tools.querySelector("[data-home-on]")?.addEventListener("click", () => keep(list));
window.addEventListener("hashchange", show);
show();
