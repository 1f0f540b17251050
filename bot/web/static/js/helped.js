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

document.addEventListener("submit", async (event) => {
  const form = event.target;
  const pressed = event.submitter;
  if (!(form instanceof HTMLFormElement) || !form.matches("[data-helped]") || !(pressed instanceof HTMLButtonElement)) return;
  event.preventDefault();
  const reason = pressed.name === "reason" ? pressed.value : "";
  const helpful = pressed.name === "helpful" && pressed.value === "yes";
  if (!(await send(form, helpful, reason))) return tell(form, words.sayNotTold ?? "");
  for (const button of form.querySelectorAll(`button[name="${pressed.name}"]`)) {
    button.setAttribute("aria-pressed", String(button === pressed));
  }
  const why = /** @type {HTMLElement | null} */ (form.querySelector("[data-helped-why]"));
  if (why && !reason) why.hidden = helpful;
  tell(form, (helpful || reason ? words.sayThanks : words.sayWhy) ?? "");
});
