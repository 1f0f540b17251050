// @ts-check
// Asking without leaving the page. The form works without this script; nothing typed is ever only here.
import { count } from "./counting.js";
import { forget } from "./forgetting.js";
import { forgetAsked, remember } from "./recall.js";
import { newName, send } from "./sending.js";
import { parsed, show } from "./showing.js";
import { submit } from "./submitting.js";

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-ask-form]"));
const box = /** @type {HTMLTextAreaElement} */ (form.querySelector("[data-question]"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button.go"));
const fault = /** @type {HTMLElement} */ (form.querySelector("[data-fault]"));
const help = /** @type {HTMLElement} */ (form.querySelector("[data-fault-help]"));
const working = /** @type {HTMLElement} */ (form.querySelector("[data-working]"));
const conversation = /** @type {HTMLInputElement} */ (form.querySelector("[data-conversation]"));
const log = /** @type {HTMLElement} */ (document.querySelector("[data-log]"));
const clear = /** @type {HTMLButtonElement} */ (form.querySelector("[data-clear]"));
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
const SLOW_MS = 2000;
const TOO_LONG = 413; // nobody has looked at it
const SECOND_PRESS_MS = 1000;
/** What waits for its answer. @typedef {{question: string, key: string}} Message @type {Message | null} */
let asking = null;
/** @type {string[]} what was chosen from the page meanwhile, to be asked in turn */
let chosenNext = [];
let slow = 0;
let answeredAt = -Infinity;
/** What may have arrived although no answer came: sent again it keeps its key. @type {Message | null} */
let unsent = null;

/** @param {string} text @param {boolean} [unanswered] nobody knows what was asked: it may have been grave */
function tell(text, unanswered = false) {
  fault.textContent = text;
  fault.hidden = !text;
  help.hidden = !unanswered;
  box.toggleAttribute("aria-invalid", Boolean(text));
}

/** @param {string} question @param {string} text @param {boolean} unanswered */
function keep(question, text, unanswered) {
  if (!box.value.trim()) box.value = question;
  count();
  tell(text, unanswered);
  box.focus();
}

/** @param {string} text */
const say = (text) => (working.textContent = text);

function rest() {
  clearTimeout(slow);
  say("");
  asking = null;
  button.removeAttribute("aria-disabled");
}

/** @param {string} question @param {boolean} chosen whether it was chosen from the page, not typed */
async function ask(question, chosen) {
  if (asking) {
    if (chosen && question !== asking.question && !chosenNext.includes(question)) chosenNext.push(question);
    if (chosen) say(words.saySlow ?? "");
    return;
  }
  const message = unsent?.question === question ? unsent : { question, key: newName() };
  asking = unsent = message;
  const isCleared = () => asking !== message;
  const token = (conversation.value ||= newName()); // made here, to be forgotten even where no answer ever arrives
  button.setAttribute("aria-disabled", "true");
  clear.hidden = false;
  tell("");
  slow = setTimeout(() => say(words.saySlow ?? ""), SLOW_MS);
  const mayAgain = () => !isCleared() && (say(words.sayAgain ?? ""), true);
  const body = new URLSearchParams({ ...message, conversation: token });
  const answer = await send(`/turns${new URL(form.action).search}`, body, mayAgain).catch(() => null);
  // It may have come to the server after it was told to forget: it is told once more, whatever became of the question.
  if (isCleared()) return forget(token, tellForgotten);
  rest();
  if (!answer) return keep(question, words.sayNotSent ?? "", true);
  const piece = parsed(answer.text);
  unsent = answer.status >= 500 ? message : null;
  if (answer.status === TOO_LONG) return keep(question, words.sayTooLong ?? "", true);
  if (!piece?.matches("[data-turn]")) {
    if (piece) clear.hidden = log.children.length === 0; // it was refused: there is nothing of it to forget
    return keep(question, piece?.textContent?.trim() ?? words.sayNoAnswer ?? "", !piece);
  }
  conversation.value = piece.getAttribute("data-conversation") ?? "";
  clear.hidden = false;
  show(piece, chosen);
  answeredAt = performance.now();
  remember(question);
  if (box.value === question) box.value = "";
  count();
  const next = chosenNext.shift();
  if (next) void ask(next, true);
}

/** @param {boolean} settled */
function tellForgotten(settled) {
  const stays = document.querySelector("[data-mine-list]")?.children.length;
  const text = (settled ? (stays ? words.sayClearedMine : words.sayCleared) : words.sayClearedHere) ?? "";
  if (working.textContent !== text) say(text);
}

form.addEventListener("submit", (event) => {
  if (event.submitter?.hasAttribute("formaction")) return; // a button of the page without scripts
  event.preventDefault();
  if (!box.value.trim() && performance.now() - answeredAt < SECOND_PRESS_MS) return; // of two presses, of which the first is answered
  ask(box.value, false);
});
box.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit(form);
  }
});
document.addEventListener("click", (event) => {
  const place = event.target instanceof Element ? event.target.closest("[data-ask], [data-choices] button") : null;
  if (!place || !(event instanceof MouseEvent) || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  ask(place.getAttribute("data-ask") ?? place.getAttribute("value") ?? "", true);
});
clear.hidden = log.children.length === 0;
clear.addEventListener("click", () => {
  const token = conversation.value;
  rest();
  log.replaceChildren();
  conversation.value = box.value = "";
  forgetAsked();
  unsent = null;
  chosenNext = [];
  clear.hidden = true;
  count();
  tell("");
  box.focus();
  document.dispatchEvent(new CustomEvent("cleared"));
  if (token) forget(token, tellForgotten);
  else tellForgotten(true);
});
