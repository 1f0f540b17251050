// @ts-check
// Coming back to the chat from another page, or loading it anew, finds the conversation again: in this tab only, for as
// long as the clinic's side remembers which answer was read last. It runs before the scripts that look through the cards.
// A tab that is doubled takes a copy along: what is cleared in one of the two is cleared in both.
import { count } from "./counting.js";
import { dropDrafts, keepQuestion, keptMessage, keptQuestion } from "./drafts.js";
import { enquire, heed } from "./forgetting.js";
import { keepReceipt } from "./receipt.js";

const KEY = "conversation";
const LONGEST_MS = 30 * 60_000;
const log = /** @type {HTMLElement} */ (document.querySelector("[data-log]"));
const box = /** @type {HTMLTextAreaElement} */ (document.querySelector("[data-question]"));
const conversation = /** @type {HTMLInputElement} */ (document.querySelector("input[data-conversation]"));
const clear = /** @type {HTMLButtonElement} */ (document.querySelector("[data-clear]"));
const { lang } = document.documentElement;

function keep() {
  try {
    for (const turn of log.querySelectorAll("[data-turn]:not([lang])")) turn.setAttribute("lang", lang);
    sessionStorage.setItem(KEY, JSON.stringify({ at: Date.now(), token: conversation.value, html: log.innerHTML }));
  } catch {
    // Storage may be blocked or full; the conversation then lasts until the page is left.
  }
}

function drop() {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Nothing was kept.
  }
}

/** @returns {{token: string, turns: Element[]} | null} */
function kept() {
  try {
    const found = JSON.parse(sessionStorage.getItem(KEY) ?? "null");
    if (!found || !(Date.now() - found.at < LONGEST_MS)) return null;
    const page = new DOMParser().parseFromString(String(found.html), "text/html");
    return { token: String(found.token), turns: [...page.querySelectorAll("[data-turn]")] };
  } catch {
    return null;
  }
}

/** An alarm in a language that was left for another is not what its reader can read: the help in theirs stands over it.
 * @param {Element} last the turn that is shown first */
function helpAgain(last) {
  for (const old of log.querySelectorAll("[data-help-again]")) old.remove();
  const foreign = [...log.querySelectorAll("[data-turn]")].filter((turn) => turn.getAttribute("lang") !== lang);
  const kinds = new Set(foreign.map((turn) => turn.getAttribute("data-outcome") ?? ""));
  for (const help of /** @type {NodeListOf<HTMLTemplateElement>} */ (document.querySelectorAll("template[data-help]"))) {
    if (!kinds.has(help.dataset.help ?? "")) continue;
    const added = /** @type {HTMLElement | null} */ (document.importNode(help.content, true).firstElementChild);
    added?.setAttribute("data-help-again", "");
    added?.setAttribute("lang", lang);
    if (added) last.prepend(added);
  }
}

function resume() {
  if (log.querySelector("[data-turn]")) return keep(); // this page came with an answer of its own
  const found = kept();
  if (!found?.turns.length) return drop();
  log.setAttribute("aria-live", "off"); // it was said when it came
  log.replaceChildren(...found.turns.map((turn) => document.importNode(turn, true)));
  conversation.value = found.token;
  clear.hidden = false;
  const last = /** @type {Element} */ (log.lastElementChild);
  helpAgain(last);
  last.scrollIntoView({ block: "start" });
  setTimeout(() => log.setAttribute("aria-live", "polite"));
}

/** What is typed and not sent. */
const keepTyped = () => keepQuestion(box.value);

resume();
if (!box.value) box.value = keptQuestion();
if (keptMessage()) clear.hidden = false; // there is something to clear: a message to the clinic that was not sent
count();
box.addEventListener("input", keepTyped);
window.addEventListener("pagehide", keepTyped);
document.addEventListener("turn", () => {
  keep();
  setTimeout(keepTyped); // what was answered has left the box by then
});
document.addEventListener("cleared", () => {
  drop();
  dropDrafts();
  keepReceipt("");
});
heed((token) => {
  if (token === conversation.value) clear.click();
});
// It may have been cleared while this page was not there to hear of it.
window.addEventListener("pageshow", () => enquire(conversation.value));
