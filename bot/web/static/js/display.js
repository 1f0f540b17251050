// @ts-check
// Text size and contrast: kept in this tab's session storage only. Print buttons on answers.

const root = document.documentElement;
const sizes = ["1", "2", "3"];

/** @param {string} name @param {string | null} value */
function remember(name, value) {
  try {
    if (value === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, value);
  } catch {
    // Storage may be blocked; the choice then lasts until the page is left.
  }
}

/** @param {string} name @returns {string | null} */
function recall(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

const size = recall("text-size");
if (size && sizes.includes(size)) root.dataset.textSize = size;
if (recall("contrast") === "more") root.dataset.contrast = "more";

const sizer = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-text-size]:not(html)"));
if (sizer) {
  sizer.hidden = false;
  sizer.addEventListener("click", () => {
    const next = sizes[(sizes.indexOf(root.dataset.textSize ?? "1") + 1) % sizes.length];
    root.dataset.textSize = next;
    remember("text-size", next);
  });
}

const contrast = /** @type {HTMLButtonElement | null} */ (document.querySelector("[data-contrast]:not(html)"));
if (contrast) {
  contrast.hidden = false;
  contrast.setAttribute("aria-pressed", String(root.dataset.contrast === "more"));
  contrast.addEventListener("click", () => {
    const more = root.dataset.contrast !== "more";
    if (more) root.dataset.contrast = "more";
    else delete root.dataset.contrast;
    contrast.setAttribute("aria-pressed", String(more));
    remember("contrast", more ? "more" : null);
  });
}

/** @param {ParentNode} part */
function offerPrint(part) {
  for (const button of part.querySelectorAll("[data-print]")) /** @type {HTMLElement} */ (button).hidden = false;
}
offerPrint(document);
document.addEventListener("turn", (event) => offerPrint(/** @type {Element} */ (event.target)));
document.addEventListener("click", (event) => {
  if (event.target instanceof Element && event.target.closest("[data-print]")) window.print();
});
