// @ts-check
// Read aloud with the browser's own voice; the buttons stay hidden where there is none.

const voice = "speechSynthesis" in window ? window.speechSynthesis : null;

/** @param {ParentNode} part */
function offer(part) {
  if (!voice) return;
  for (const button of part.querySelectorAll("[data-speak]")) /** @type {HTMLElement} */ (button).hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-speak]") : null;
  const card = button?.closest("[data-card]");
  if (!voice || !button || !card) return;
  const speaking = voice.speaking;
  voice.cancel();
  if (speaking) return;
  const pieces = [...card.querySelectorAll("h1, h2, .prose, .next")].map((each) => each.textContent?.trim() ?? "");
  const speech = new SpeechSynthesisUtterance(pieces.join(". "));
  speech.lang = document.documentElement.lang;
  speech.addEventListener("end", () => (button.textContent = "Read aloud"));
  button.textContent = "Stop reading";
  voice.speak(speech);
});
document.addEventListener("turn", (event) => offer(/** @type {Element} */ (event.target)));
window.addEventListener("pagehide", () => voice?.cancel());
offer(document);
