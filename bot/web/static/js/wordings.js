// @ts-check
// A list that is typed one a line becomes one box each, as high as what stands in it. The textarea stays what is sent,
// and is kept in step.

const KNOWS_SIZING = CSS.supports("field-sizing", "content");

/** @typedef {HTMLInputElement | HTMLTextAreaElement} Box */

/** @param {Element} element @returns {element is Box} */
function isBox(element) {
  return element.matches(".line > input, .line > textarea");
}

/** What chooses from a list must be an input. @param {string | undefined} list @returns {Box} */
function made(list) {
  if (list) {
    const input = document.createElement("input");
    input.setAttribute("list", list);
    return input;
  }
  const area = document.createElement("textarea");
  area.rows = 1;
  return area;
}

/** As high as what stands in it, where the browser does not see to that. @param {Box} box */
function fit(box) {
  if (KNOWS_SIZING || box instanceof HTMLInputElement) return;
  box.style.blockSize = "auto";
  box.style.blockSize = `${box.scrollHeight + box.offsetHeight - box.clientHeight}px`;
}

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

  const boxes = () => [...rows.querySelectorAll("input, textarea")].filter(isBox);

  function write() {
    area.value = boxes().map((box) => box.value.replace(/\s*[\r\n]+\s*/g, " ")).join("\n");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function name() {
    boxes().forEach((box, place) => {
      box.setAttribute("aria-label", `${label.textContent}, ${place + 1}`);
      box.parentElement?.querySelector("button")?.setAttribute("aria-label", `Remove ${box.value || `line ${place + 1}`}`);
    });
  }

  /** @param {string} text @param {Element | null} after */
  function row(text, after = null) {
    const line = document.createElement("div");
    const box = made(field.dataset.list);
    const remove = document.createElement("button");
    const note = document.createElement("div");
    line.className = "line";
    box.value = text;
    box.autocomplete = "off";
    remove.type = "button";
    remove.className = "quiet";
    remove.textContent = "Remove";
    note.className = "line-note";
    note.dataset.note = field.dataset.lines ?? "";
    line.append(box, remove, note);
    if (after) after.after(line);
    else rows.append(line);
    fit(box);
    return box;
  }

  /** @param {Element} line */
  function drop(line) {
    const next = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    name();
    write();
    const box = /** @type {HTMLElement | null | undefined} */ (next?.querySelector("input, textarea"));
    (box ?? add).focus();
  }

  function read() {
    rows.replaceChildren();
    area.value.split("\n").filter((line) => line.trim()).forEach((line) => row(line));
    name();
  }

  rows.addEventListener("input", (event) => {
    event.stopPropagation();
    if (event.target instanceof Element && isBox(event.target)) fit(event.target);
    name();
    write();
  });
  rows.addEventListener("keydown", (event) => {
    const box = event.target;
    if (!(box instanceof Element) || !isBox(box) || event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      row("", box.parentElement).focus();
      name();
    } else if (event.key === "Backspace" && !box.value) {
      event.preventDefault();
      if (box.parentElement) drop(box.parentElement);
    }
  });
  rows.addEventListener("paste", (event) => {
    const box = event.target;
    const pasted = (event.clipboardData?.getData("text") ?? "").split(/\r?\n/).filter((line) => line.trim());
    if (!(box instanceof Element) || !isBox(box) || pasted.length < 2) return;
    event.preventDefault();
    let last = box.parentElement;
    if (!box.value) box.value = (pasted.shift() ?? "").trim();
    fit(box);
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
