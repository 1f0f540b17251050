// @ts-check
// The language of a visit. Choosing another opens the kiosk's page in it, at the same place; the screen's own language
// comes back when the visit is over. What leads there stands behind the # of the address, which no server sees, until
// the page is there.

import { helpInView, keepHelp } from "./kiosk_help.js";
import { linked, look } from "./kiosk_link.js";
import { alarms, answer } from "./kiosk_pieces.js";
import { go, here } from "./kiosk_views.js";
import { endAndTell } from "./kiosk_visit.js";

const GIVE_UP_MS = 3000;
const mine = document.body.dataset.query ?? "";
const said = /** @type {HTMLElement} */ (document.querySelector("[data-tongue-said]"));
const tongues = [...document.querySelectorAll("[data-tongue]")].map((each) => each.getAttribute("data-tongue"));
const brought = new URLSearchParams(location.hash.slice(1));
const wanted = brought.get("home");
const own = wanted !== null && tongues.includes(wanted) ? wanted : mine;

/** The address of the screen's own page. */
export const home = `/kiosk${own}`;

/** @returns {boolean} whether a visitor chose another language than the screen's own */
export function isAbroad() {
  return own !== mine;
}

/** @param {string} path @returns {Promise<boolean>} whether that page can be had: from the server, or kept on this screen */
export async function isThere(path) {
  if (linked() === "online") return true;
  try {
    return Boolean(await window.caches?.match(path));
  } catch {
    return false;
  }
}

/** @param {string} query of the language that was chosen @returns {Promise<void>} */
export async function speak(query) {
  hush();
  await look();
  if (!(await isThere(`/kiosk${query}`))) {
    said.textContent = said.dataset.tongueSaid ?? "";
    return;
  }
  const { view, topic, id } = here();
  const shown = id ?? document.querySelector("[data-stage] [data-entry]")?.getAttribute("data-entry") ?? "";
  const rules = [...document.querySelectorAll("[data-stage] [data-rule]")].map((each) => each.getAttribute("data-rule")).join(" ");
  const place = new URLSearchParams({ home: own, view: view === "attract" ? "" : view, topic: topic ?? "", id: shown, rules, help: helpInView() });
  if (linked() === "online") await endAndTell(GIVE_UP_MS); // what is told from a page that is left may come too early
  // Never the address that is shown: that would move to the # and load nothing.
  location.replace(`/kiosk${query || "?locale=en"}&again=1#${place}`);
}

/** Where the visitor was when another language was chosen. */
export function goOn() {
  const [view, topic, id, rules, help] = ["view", "topic", "id", "rules", "help"].map((name) => brought.get(name) ?? "");
  if (!view) return;
  if (help) keepHelp(help);
  if (view !== "ask") go({ view: "topics" });
  const cards = alarms(rules);
  if (cards) go({ view: "reply", piece: cards });
  else if (topic && document.querySelector(`[data-view="questions"][data-topic="${CSS.escape(topic)}"]`)) go({ view: "questions", topic });
  else if (view === "ask") go({ view });
  else if (id && answer(id)) go({ view: "reply", id });
}

/** Nothing is said of languages any more. */
export function hush() {
  said.textContent = "";
}
