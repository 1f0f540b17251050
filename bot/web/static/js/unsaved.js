// @ts-check
// Warns before a page is left with text that is saved nowhere. A form that is sent takes along what stands in the others.

const forms = /** @type {HTMLFormElement[]} */ ([...document.querySelectorAll("form[data-guard]")]);
let sent = false;
let isReading = false;

/** @param {Element} field whether it differs from what came with the page */
function isTouched(field) {
  if (field instanceof HTMLSelectElement) {
    const came = [...field.options].find((each) => each.defaultSelected) ?? field.options[0];
    return field.value !== (came?.value ?? "");
  }
  if (field instanceof HTMLInputElement && field.type === "checkbox") return field.checked !== field.defaultChecked;
  const isText = field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement;
  return isText && field.value !== field.defaultValue;
}

/** @param {HTMLFormElement} form */
function holdsUnsaved(form) {
  return form.dataset.unsaved !== undefined || [...form.elements].some(isTouched);
}

for (const form of forms) {
  form.addEventListener("submit", () => (sent = true));
  form.addEventListener("formdata", (event) => {
    if (isReading) return; // reading another form tells that form so as well
    isReading = true;
    for (const other of forms) {
      if (other === form || !holdsUnsaved(other)) continue;
      for (const [name, value] of new FormData(other)) {
        if (typeof value === "string" && name !== "version" && name !== "csrf_token") event.formData.append(`unsaved.${name}`, value);
      }
      for (const box of other.querySelectorAll("input[type=checkbox]:not(:checked)")) {
        event.formData.append(`unsaved.${/** @type {HTMLInputElement} */ (box).name}`, "");
      }
    }
    isReading = false;
  });
}

window.addEventListener("pageshow", () => (sent = false));
window.addEventListener("beforeunload", (event) => {
  if (!sent && forms.some(holdsUnsaved)) event.preventDefault();
});
