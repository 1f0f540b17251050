// @ts-check
// "Did this help?" without leaving the page. The form works without this script.

const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};

/** @param {HTMLFormElement} form @param {string} text */
function tell(form, text) {
  const said = form.querySelector("[data-helped-said]");
  if (said) said.textContent = text;
}

/** @param {HTMLFormElement} form @param {boolean} helpful @param {string} reason */
async function send(form, helpful, reason) {
  const turn = String(new FormData(form).get("turn"));
  const body = JSON.stringify(reason ? { turn, helpful, reason } : { turn, helpful });
  try {
    const answer = await fetch("/api/v1/feedback", { method: "POST", body, headers: { "Content-Type": "application/json" } });
    return answer.ok;
  } catch {
    return false;
  }
}

/** @type {WeakMap<HTMLFormElement, HTMLButtonElement>} what was pressed last in the forms that are being sent */
const latest = new WeakMap();

/** One request at a time, so that what arrives last is what was pressed last.
 * @param {HTMLFormElement} form @param {HTMLButtonElement} pressed */
async function settle(form, pressed) {
  const reason = pressed.name === "reason" ? pressed.value : "";
  const helpful = pressed.name === "helpful" && pressed.value === "yes";
  const isTold = await send(form, helpful, reason);
  const newer = latest.get(form);
  if (newer && newer !== pressed) return settle(form, newer);
  latest.delete(form);
  if (!isTold) return tell(form, words.sayNotTold ?? "");
  for (const button of form.querySelectorAll(`button[name="${pressed.name}"]`)) {
    button.setAttribute("aria-pressed", String(button === pressed));
  }
  const why = /** @type {HTMLElement | null} */ (form.querySelector("[data-helped-why]"));
  if (why && !reason) why.hidden = helpful;
  tell(form, (helpful || reason ? words.sayThanks : words.sayWhy) ?? "");
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  const pressed = event.submitter;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-helped]") || !(pressed instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const isSending = latest.has(form);
  latest.set(form, pressed);
  if (!isSending) void settle(form, pressed);
});
for (const form of document.querySelectorAll("[data-helped][hidden]")) /** @type {HTMLElement} */ (form).hidden = false;
