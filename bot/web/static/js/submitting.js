// @ts-check
// Submitting a form from a script, in browsers of some years ago as well (iOS 15 cannot submit as if a button was pressed).

/** As if its button was pressed: with its checks and its event. @param {HTMLFormElement} form @param {HTMLButtonElement} [button] */
export function submit(form, button) {
  if (form.requestSubmit) return form.requestSubmit(button);
  const usual = [...form.elements].find((each) => /** @type {HTMLButtonElement} */ (each).type === "submit");
  (button ?? /** @type {HTMLElement | undefined} */ (usual))?.click();
}

/** What the form sends when this button is pressed. @param {HTMLFormElement} form @param {Element | null} pressed */
export function valuesOf(form, pressed) {
  const values = new URLSearchParams();
  for (const [name, value] of new FormData(form)) values.append(name, String(value));
  if (pressed instanceof HTMLButtonElement && pressed.name) values.append(pressed.name, pressed.value);
  return values;
}

/** Which button was pressed; where the browser does not say, the one with the focus or the form's own. @param {SubmitEvent} event */
export function pressedOf(event) {
  if (event.submitter) return event.submitter;
  const form = /** @type {HTMLFormElement} */ (event.target);
  const usual = [...form.elements].filter((each) => /** @type {HTMLButtonElement} */ (each).type === "submit");
  return /** @type {HTMLElement | null} */ (usual.find((each) => each === document.activeElement) ?? usual[0] ?? null);
}
