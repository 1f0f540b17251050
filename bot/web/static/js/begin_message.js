// @ts-check
// "Send it to the clinic" takes the question along in this tab, to a form with an address of its own: one can go on from it
// and come back. Without scripts, or where storage is blocked, the page's form takes it along.
import { keepMessage, keptMessage } from "./drafts.js";

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.querySelector("button[name=begin]")) return;
  const { question = "", turn = "", conversation = "" } = Object.fromEntries(/** @type {any} */ (new FormData(form)));
  const before = keptMessage();
  const typed = before?.message?.trim() && before.message !== before.begun ? before.message : ""; // it is not sent yet
  const message = !typed || typed.includes(question) ? typed || question : `${typed}\n\n${question}`;
  if (!keepMessage({ ...before, message, begun: question, turn, conversation })) return;
  event.preventDefault();
  location.assign(form.action);
});
