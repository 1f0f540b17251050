// @ts-check
// Text size and contrast: kept in this tab's session storage only. The language menu closes as menus do.
import "./printing.js";

const root = document.documentElement;
const said = document.querySelector("[data-display-said]");
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
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
    if (said) said.textContent = words.saySize?.replace("{n}", next) ?? "";
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

const pick = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-pick]"));
for (const link of pick?.querySelectorAll("a[hidden]") ?? []) /** @type {HTMLElement} */ (link).hidden = false;
pick?.addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (link) link.hash = location.hash; // a list that stands in the address is not lost with the language
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || !pick?.open) return;
  pick.open = false;
  pick.querySelector("summary")?.focus();
});
document.addEventListener("click", (event) => {
  if (pick?.open && event.target instanceof Node && !pick.contains(event.target)) pick.open = false;
});
