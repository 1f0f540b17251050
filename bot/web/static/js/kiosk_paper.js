// @ts-check
// The day on what is printed: a page that is kept for weeks cannot know it beforehand.

const today = /** @type {HTMLElement} */ (document.querySelector("[data-today]"));

function date() {
  today.textContent = new Date().toLocaleDateString(document.documentElement.lang, { day: "numeric", month: "long", year: "numeric" });
}

document.addEventListener("kiosk:shown", date);
window.addEventListener("beforeprint", date);
