// @ts-check
// Sources: as many rows as are needed, each with its own way out. Without scripts there is always one empty row.

const list = /** @type {HTMLElement} */ (document.querySelector("[data-sources]"));
const model = /** @type {HTMLElement} */ (list.lastElementChild?.cloneNode(true));
const add = document.createElement("button");
add.type = "button";
add.className = "btn";
add.textContent = "Add a source";

/** @param {HTMLElement} row */
function dress(row) {
  if (row.querySelector("[data-remove]")) return;
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "quiet";
  remove.textContent = "Remove";
  remove.dataset.remove = "";
  row.append(remove);
}

function number() {
  [...list.children].forEach((row, place) => {
    row.querySelectorAll("[id]").forEach((input) => {
      const old = input.id;
      input.id = old.replace(/\d+$/, String(place + 1));
      row.querySelector(`label[for="${old}"]`)?.setAttribute("for", input.id);
    });
    const label = row.querySelector("label");
    if (label) label.textContent = `Source ${place + 1}`;
    row.querySelector("[data-remove]")?.setAttribute("aria-label", `Remove source ${place + 1}`);
  });
}

/** @param {{place: string, title: string, checked: string}} [values] */
function append(values) {
  const row = /** @type {HTMLElement} */ (model.cloneNode(true));
  if (values) {
    const [title, checked] = /** @type {HTMLInputElement[]} */ ([...row.querySelectorAll("input")]);
    const place = /** @type {HTMLSelectElement} */ (row.querySelector("select"));
    if (values.place && ![...place.options].some((option) => option.value === values.place)) {
      place.append(new Option(values.place, values.place));
    }
    [place.value, title.value, checked.value] = [values.place, values.title, values.checked];
  }
  dress(row);
  list.append(row);
  number();
  return row;
}

function changed() {
  list.dispatchEvent(new Event("input", { bubbles: true }));
}

add.addEventListener("click", () => append().querySelector("select")?.focus());
list.addEventListener("click", (event) => {
  const button = event.target instanceof Element ? event.target.closest("[data-remove]") : null;
  if (!button) return;
  button.parentElement?.remove();
  number();
  changed();
  add.focus();
});
// Rows that others changed, as the server tells them.
list.addEventListener("taken-over", (event) => {
  list.replaceChildren();
  /** @type {CustomEvent} */ (event).detail.forEach(append);
});

[...list.children].forEach((row) => dress(/** @type {HTMLElement} */ (row)));
if (list.children.length > 1) list.lastElementChild?.remove(); // the empty row is the button's now
number();
list.after(add);
