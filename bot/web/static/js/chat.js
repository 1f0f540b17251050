// @ts-check
// Asking without leaving the page. The form works without this script; nothing typed is ever only here.

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-ask-form]"));
const box = /** @type {HTMLTextAreaElement} */ (form.querySelector("[data-question]"));
const button = /** @type {HTMLButtonElement} */ (form.querySelector("button.go"));
const fault = /** @type {HTMLElement} */ (form.querySelector("[data-fault]"));
const working = /** @type {HTMLElement} */ (form.querySelector("[data-working]"));
const counter = /** @type {HTMLElement} */ (form.querySelector("[data-count]"));
const conversation = /** @type {HTMLInputElement} */ (form.querySelector("[data-conversation]"));
const log = /** @type {HTMLElement} */ (document.querySelector("[data-log]"));
const clear = /** @type {HTMLButtonElement} */ (form.querySelector("[data-clear]"));
const LONGEST = 500;
const SLOW_MS = 2000;
const GIVE_UP_MS = 20000;
/** @type {string[]} */
const asked = [];
let recalled = 0;
let busy = false;

function count() {
  const length = [...box.value.normalize("NFC")].length;
  counter.textContent = String(length);
  counter.parentElement?.classList.toggle("near", length > 0.8 * LONGEST);
  counter.parentElement?.classList.toggle("over", length > LONGEST);
}

/** @param {string} text */
function tell(text) {
  fault.textContent = text;
  fault.hidden = !text;
  box.toggleAttribute("aria-invalid", Boolean(text));
}

/** @param {string} html @returns {Element | null} */
function parsed(html) {
  return new DOMParser().parseFromString(html, "text/html").querySelector("[data-turn], [data-refused]");
}

/** @param {Element} turn */
function show(turn) {
  const added = /** @type {HTMLElement} */ (document.importNode(turn, true));
  conversation.value = added.dataset.conversation ?? "";
  log.append(added);
  clear.hidden = false;
  added.dispatchEvent(new CustomEvent("turn", { bubbles: true }));
  const alarm = /** @type {HTMLElement | null} */ (added.querySelector("[data-alarm] h2"));
  if (alarm) alarm.focus();
  added.scrollIntoView({ block: "start" });
}

/** @param {string} question */
async function ask(question) {
  if (busy) return;
  busy = true;
  button.setAttribute("aria-disabled", "true");
  tell("");
  const slow = setTimeout(() => (working.textContent = "Still working on it …"), SLOW_MS);
  const body = new URLSearchParams({ question, conversation: conversation.value });
  try {
    const answer = await fetch(`/turns${location.search}`, { method: "POST", body, signal: AbortSignal.timeout(GIVE_UP_MS) });
    const piece = parsed(await answer.text());
    if (answer.ok && piece) {
      show(piece);
      asked.push(question);
      recalled = asked.length;
      box.value = "";
      count();
    } else if (piece) {
      tell(piece.textContent?.trim() ?? "");
    } else {
      tell("The chat cannot answer now. In an emergency call the number at the top of the page.");
    }
  } catch {
    tell("Not sent. Try again.");
    box.value = question;
    box.focus();
    count();
  } finally {
    clearTimeout(slow);
    working.textContent = "";
    busy = false;
    button.removeAttribute("aria-disabled");
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  ask(box.value);
});

box.addEventListener("input", count);
box.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing) return;
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    form.requestSubmit();
  } else if (event.key === "ArrowUp" && recalled > 0 && (box.value === "" || box.value === asked[recalled])) {
    event.preventDefault();
    recalled -= 1;
    box.value = asked[recalled];
    count();
  }
});

document.addEventListener("click", (event) => {
  if (!(event.target instanceof Element)) return;
  const link = event.target.closest("[data-ask]");
  const choice = event.target.closest("[data-choices] button");
  if (!link && !choice) return;
  event.preventDefault();
  ask(link?.getAttribute("data-ask") ?? choice?.getAttribute("value") ?? "");
});

clear.hidden = log.children.length === 0;
clear.addEventListener("click", async () => {
  const token = conversation.value;
  log.replaceChildren();
  conversation.value = "";
  box.value = "";
  asked.length = recalled = 0;
  clear.hidden = true;
  count();
  tell("");
  box.focus();
  if (!token) return;
  try {
    await fetch(`/api/v1/conversations/${token}`, { method: "DELETE", keepalive: true });
  } catch {
    working.textContent = "Cleared here. The clinic's side forgets it within half an hour.";
  }
});

window.addEventListener("pageshow", (event) => {
  if (event.persisted) count();
});
count();
