// @ts-check
// On the page that says one was signed out: tells that this tab keeps an entry's text, where it does.

const told = /** @type {HTMLElement | null} */ (document.querySelector("[data-kept]"));
try {
  const entry = location.pathname.split("/")[3];
  const keys = Object.keys(sessionStorage);
  if (told && entry && keys.some((key) => key.startsWith("entry:") && key.endsWith(`:${entry}`))) told.hidden = false;
} catch {
  // Storage may be blocked; then nothing is kept in it.
}
