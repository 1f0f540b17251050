// @ts-check
// Copy the line that embeds the chat; where the browser has no clipboard for us, it is marked to be copied by keys.

const line = /** @type {HTMLElement} */ (document.querySelector("[data-snippet]"));
const button = /** @type {HTMLButtonElement} */ (document.querySelector("[data-copy]"));
const said = /** @type {HTMLElement} */ (document.querySelector("[data-copied]"));

async function copy() {
  try {
    await navigator.clipboard.writeText(line.textContent ?? "");
    said.textContent = "Copied.";
  } catch {
    getSelection()?.selectAllChildren(line);
    said.textContent = "The line is selected: copy it with Ctrl or Cmd and C.";
  }
}

button.hidden = false;
button.addEventListener("click", copy);
