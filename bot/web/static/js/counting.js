// @ts-check
// How long the question in the box is, in view once that matters.

const box = /** @type {HTMLTextAreaElement} */ (document.querySelector("[data-question]"));
const counter = /** @type {HTMLElement} */ (document.querySelector("[data-count]"));
const LONGEST = Number(box.dataset.longest ?? 500);
const NEAR = 0.8;

export function count() {
  const length = [...box.value.normalize("NFC")].length;
  const near = length >= NEAR * LONGEST;
  counter.textContent = String(length);
  counter.parentElement?.classList.toggle("near", near);
  counter.parentElement?.classList.toggle("over", length > LONGEST);
  box.setAttribute("aria-describedby", near ? "count fault" : "fault"); // said with the box once it matters
}

box.addEventListener("input", count);
box.addEventListener("recalled", count);
window.addEventListener("pageshow", count);
