// @ts-check
// Read aloud with the browser's own voice, each piece in its own language; hidden where there is no voice.

const voice = "speechSynthesis" in window ? window.speechSynthesis : null;
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
/** @type {Element | null} */
let reading = null;

/** @param {ParentNode} part */
function offer(part) {
  if (!voice) return;
  for (const button of part.querySelectorAll("[data-speak]")) /** @type {HTMLElement} */ (button).hidden = false;
}

function stop() {
  voice?.cancel();
  if (reading) reading.textContent = words.sayRead ?? reading.textContent;
  reading = null;
}

/** What is open to the eye is read: the longer text only when it was opened. @param {Element} card */
function pieces(card) {
  const open = [...card.querySelectorAll("h1, h2, .prose, .next")].filter((each) => each.closest("details")?.open ?? true);
  // What to do next may stand in another language than the words before it.
  return open.flatMap((each) => (each.matches(".next") && each.querySelector("[lang]") ? [...each.children] : [each]));
}

/** @param {Element} button @param {Element} card */
function read(button, card) {
  if (!voice) return;
  const parts = pieces(card);
  parts.forEach((each, place) => {
    const speech = new SpeechSynthesisUtterance(each.textContent?.trim().replace(/\s+/g, " ") ?? "");
    speech.lang = each.closest("[lang]")?.getAttribute("lang") ?? "";
    if (place === parts.length - 1) speech.addEventListener("end", () => reading === button && stop());
    voice.speak(speech);
  });
  reading = button;
  button.textContent = words.sayStop ?? button.textContent;
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-speak]") : null;
  const card = button?.closest("[data-card]");
  if (!voice || !button || !card) return;
  const again = reading === button;
  stop();
  if (!again) read(button, card);
});
document.addEventListener("turn", (event) => offer(/** @type {Element} */ (event.target)));
document.addEventListener("cleared", stop);
window.addEventListener("pagehide", stop);
offer(document);
