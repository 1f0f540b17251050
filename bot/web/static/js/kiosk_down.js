// @ts-check
// A button for what is below: not everybody knows that a screen can be pushed.

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const down = /** @type {HTMLButtonElement} */ (document.querySelector("[data-down]"));
const NEARLY = 24;

function offer() {
  const more = main.scrollHeight - main.clientHeight - main.scrollTop > NEARLY;
  if (!more && document.activeElement === down) main.focus({ preventScroll: true });
  main.tabIndex = main.scrollHeight > main.clientHeight ? 0 : -1; // scrolled by keys even where nothing in it takes the focus
  down.hidden = !more;
}

down.addEventListener("click", () => main.scrollBy({ top: 0.8 * main.clientHeight }));
for (const sign of ["scroll", "toggle"]) main.addEventListener(sign, offer, { capture: true });
for (const sign of ["kiosk:shown", "kiosk:link", "input"]) document.addEventListener(sign, offer);
new ResizeObserver(offer).observe(main);
