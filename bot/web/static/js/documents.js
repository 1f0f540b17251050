// @ts-check
// The page of documents: files may be dropped, sections ticked all at once, and sending twice is not possible.

const zone = /** @type {HTMLElement | null} */ (document.querySelector("[data-dropzone]"));
const input = /** @type {HTMLInputElement | null} */ (document.querySelector("[data-files]"));
const boxes = /** @type {HTMLInputElement[]} */ ([...document.querySelectorAll("[data-draft]")]);
const count = document.querySelector("[data-count]");
const switches = document.querySelector("[data-switches]");

function tell() {
  const ticked = boxes.filter((box) => box.checked).length;
  if (count) count.textContent = ticked === 1 ? "1 draft" : `${ticked} drafts`;
}

if (zone && input) {
  for (const name of ["dragover", "dragenter"]) {
    zone.addEventListener(name, (event) => {
      event.preventDefault();
      zone.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) zone.addEventListener(name, () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    if (event.dataTransfer?.files.length) input.files = event.dataTransfer.files;
  });
}

if (switches instanceof HTMLElement) {
  switches.hidden = false;
  switches.addEventListener("click", (event) => {
    const pressed = event.target instanceof Element ? event.target.closest("[data-tick]") : null;
    if (!(pressed instanceof HTMLElement)) return;
    const which = pressed.dataset.tick;
    for (const box of boxes) box.checked = which === "all" || (which === "new" && "new" in box.dataset);
    tell();
  });
}

for (const box of boxes) box.addEventListener("change", tell);
tell();

for (const form of document.querySelectorAll("form[data-once]")) {
  form.addEventListener("submit", (event) => {
    if (form instanceof HTMLElement && form.dataset.sent) {
      event.preventDefault();
      return;
    }
    if (form instanceof HTMLElement) form.dataset.sent = "yes";
    const button = form.querySelector("button.go");
    if (!(button instanceof HTMLElement)) return;
    button.dataset.said = button.textContent ?? "";
    button.textContent = "Sending …";
  });
}

// Back from the next page: the form can be sent again, with what stands in it.
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-once]")) {
    if (!(form instanceof HTMLElement)) continue;
    delete form.dataset.sent;
    const button = form.querySelector("button.go");
    if (button instanceof HTMLElement && button.dataset.said) button.textContent = button.dataset.said;
  }
});
