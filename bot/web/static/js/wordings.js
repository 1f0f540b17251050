// @ts-check
// A list that is typed one a line becomes one input each. The textarea stays what is sent, and is kept in step.

/** @param {HTMLElement} field */
function enhance(field) {
  const area = /** @type {HTMLTextAreaElement} */ (field.querySelector("textarea"));
  const label = /** @type {HTMLElement} */ (field.querySelector("label"));
  const rows = document.createElement("div");
  const add = document.createElement("button");
  rows.className = "lines";
  rows.setAttribute("role", "group");
  rows.setAttribute("aria-labelledby", label.id);
  add.type = "button";
  add.className = "btn";
  add.textContent = field.dataset.add ?? "Add";

  const inputs = () => /** @type {HTMLInputElement[]} */ ([...rows.querySelectorAll("input")]);

  function write() {
    area.value = inputs().map((input) => input.value).join("\n");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function name() {
    inputs().forEach((input, place) => {
      input.setAttribute("aria-label", `${label.textContent}, ${place + 1}`);
      input.parentElement?.querySelector("button")?.setAttribute("aria-label", `Remove ${input.value || `line ${place + 1}`}`);
    });
  }

  /** @param {string} text @param {Element | null} after */
  function row(text, after = null) {
    const made = document.createElement("div");
    const input = document.createElement("input");
    const remove = document.createElement("button");
    const note = document.createElement("div");
    made.className = "line";
    input.value = text;
    input.autocomplete = "off";
    if (field.dataset.list) input.setAttribute("list", field.dataset.list);
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = "Remove";
    note.className = "line-note";
    note.dataset.note = field.dataset.lines ?? "";
    made.append(input, remove, note);
    if (after) after.after(made);
    else rows.append(made);
    return input;
  }

  /** @param {Element} made */
  function drop(made) {
    const next = made.nextElementSibling ?? made.previousElementSibling;
    made.remove();
    name();
    write();
    (next?.querySelector("input") ?? add).focus();
  }

  function read() {
    rows.replaceChildren();
    area.value.split("\n").filter((line) => line.trim()).forEach((line) => row(line));
    name();
  }

  rows.addEventListener("input", (event) => {
    event.stopPropagation();
    name();
    write();
  });
  rows.addEventListener("keydown", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    if (input.tagName !== "INPUT" || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      row("", input.parentElement).focus();
      name();
    } else if (event.key === "Backspace" && !input.value) {
      event.preventDefault();
      if (input.parentElement) drop(input.parentElement);
    }
  });
  rows.addEventListener("paste", (event) => {
    const input = /** @type {HTMLInputElement} */ (event.target);
    const pasted = (event.clipboardData?.getData("text") ?? "").split(/\r?\n/).filter((line) => line.trim());
    if (input.tagName !== "INPUT" || pasted.length < 2) return;
    event.preventDefault();
    let last = input.parentElement;
    if (!input.value) input.value = pasted.shift() ?? "";
    for (const line of pasted) last = row(line.trim(), last).parentElement;
    name();
    write();
  });
  rows.addEventListener("click", (event) => {
    const button = event.target instanceof Element ? event.target.closest("button") : null;
    if (button?.parentElement) drop(button.parentElement);
  });
  add.addEventListener("click", () => {
    row("").focus();
    name();
  });
  // What others changed, or what was kept of an earlier visit, comes in through the textarea.
  area.addEventListener("taken-over", read);
  area.hidden = true;
  label.removeAttribute("for");
  const plain = field.querySelector("[data-plain]");
  if (plain instanceof HTMLElement) plain.hidden = true;
  area.after(rows, add);
  read();
}

document.querySelectorAll("[data-lines]").forEach((field) => enhance(/** @type {HTMLElement} */ (field)));
