// How the launcher and the panel look and speak. A part of /widget.js, which joins the parts in one function.

/** @typedef {{label: string, close: string, working: string, failed: string, page: string, again: string, emergency: string, unread: string}} Words */
/** @type {Record<string, Words>} */
const WORDS = {
  en: {
    label: "Ask a question",
    close: "Close the chat",
    working: "Opening the chat …",
    failed: "The chat could not be loaded here.",
    page: "Open it on its own page",
    again: "Try again",
    emergency: "In an emergency call",
    unread: "There is a new answer.",
  },
  es: {
    label: "Haga una pregunta",
    close: "Cerrar el chat",
    working: "Abriendo el chat …",
    failed: "No se pudo cargar el chat aquí.",
    page: "Abrirlo en su propia página",
    again: "Intentar de nuevo",
    emergency: "En una emergencia llame al",
    unread: "Hay una respuesta nueva.",
  },
};

/** @param {string} locale @returns {Words} */
const wordsOf = (locale) => WORDS[locale.slice(0, 2).toLowerCase()] ?? WORDS.en;

// `all` and `!important` on the host itself: of important rules, those inside a shadow root win over the page's own.
// Sizes are in em of the reader's own text size, whatever size the page gives itself.
const STYLE = `
:host { all: initial !important; display: contents !important; --brand: #1f5f8b; --on-brand: #fff; --offset: 0px; color-scheme: light dark;
  --card: #fff; --ink: #1c2430; --line: #d5d9df; --focus: #9a5b00; }
@media (prefers-color-scheme: dark) { :host { --card: #1a2129; --ink: #e8ebef; --line: #35404c; --focus: #ffbf47; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.region { font: medium/1.4 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; color: var(--ink); }
button, a { font: inherit; cursor: pointer; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.launcher { position: fixed; z-index: 2147483000; inset-block-end: calc(16px + var(--offset) + env(safe-area-inset-bottom)); right: 16px;
  display: inline-flex; align-items: center; gap: .5em; min-block-size: 56px; max-inline-size: calc(100vw - 32px); padding: .5em 1.25em;
  color: var(--on-brand); background: var(--brand); border: 2px solid #fff; border-radius: 28px; font-weight: 600; text-align: start;
  box-shadow: 0 2px 10px rgb(20 30 45 / .35); }
.launcher:focus-visible { outline-color: #10161c; box-shadow: 0 0 0 7px #fff, 0 2px 10px rgb(20 30 45 / .35); }
.launcher svg { inline-size: 1.5em; block-size: 1.5em; flex: none; }
.label { overflow: hidden; text-overflow: ellipsis; display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; }
.dot { position: absolute; inset-block-start: -4px; right: -4px; inline-size: 18px; block-size: 18px; border-radius: 50%; background: #a3161f; border: 3px solid #fff; }
.said { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.panel { position: fixed; z-index: 2147483000; inset: auto 16px calc(16px + var(--offset) + env(safe-area-inset-bottom)) auto; margin: 0; padding: 0; inline-size: 380px; block-size: min(600px, 100vh - 32px - var(--offset));
  max-inline-size: none; max-block-size: none; overflow: hidden; color: var(--ink); background: var(--card); border: 1px solid var(--line); border-radius: 14px; box-shadow: 0 8px 40px rgb(20 30 45 / .3); }
@supports (height: 1dvh) { .panel { block-size: min(600px, 100dvh - 32px - var(--offset)); } }
.panel iframe { display: block; inline-size: 100%; block-size: 100%; border: 0; background: var(--card); }
.close { position: absolute; inset-block-start: 6px; right: 6px; inline-size: 44px; block-size: 44px; display: grid; place-items: center; color: var(--ink); background: var(--card); border: 0; border-radius: 8px; }
.close:focus-visible { outline-offset: -3px; }
.close svg { inline-size: 22px; block-size: 22px; }
.note { position: absolute; inset: 0; padding: 64px 24px 24px; display: grid; gap: 16px; align-content: center; justify-items: center; text-align: center; background: var(--card); }
.note p { margin: 0; max-inline-size: 26em; }
.note a, .note button { display: inline-flex; align-items: center; min-block-size: 44px; padding: 8px 20px; border-radius: 22px; border: 1px solid var(--line); color: var(--ink); background: none; text-decoration: none; }
.note .go { color: var(--on-brand); background: var(--brand); border-color: var(--brand); font-weight: 600; }
.note p a { display: inline; padding: 0; border: 0; font-weight: 600; text-decoration: underline; }
.left .launcher, .left .close { right: auto; }
.left .launcher { left: 16px; }
.left .close { right: 6px; }
.left .panel { inset-inline: auto; left: 16px; right: auto; }
.open .launcher { visibility: hidden; }
@media (max-width: 480px), (max-height: 420px) {
  .panel, .left .panel { inset: 0; inline-size: 100vw; block-size: 100vh; border: 0; border-radius: 0; }
  @supports (height: 1dvh) { .panel, .left .panel { block-size: 100dvh; } }
}
@media (forced-colors: active) { .launcher, .panel { border: 2px solid ButtonText; } }
@media print { .region { display: none; } }
`;

/** Give the shadow root its style. No style element where the browser can do without: the page's policy may forbid it.
 * @param {ShadowRoot} root */
function dress(root) {
  if ("adoptedStyleSheets" in root && "replaceSync" in CSSStyleSheet.prototype) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    root.adoptedStyleSheets = [sheet];
  } else {
    const style = document.createElement("style");
    style.textContent = STYLE;
    root.append(style);
  }
}

/** @template {keyof HTMLElementTagNameMap} T @param {T} tag @param {Record<string, string>} attributes @param {(Node | string)[]} inside */
function make(tag, attributes = {}, ...inside) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  made.append(...inside);
  return made;
}

/** A symbol of strokes. @param {string} path */
function symbol(path) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const drawn = document.createElementNS(space, "path");
  const look = { viewBox: "0 0 24 24", fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" };
  for (const [name, value] of Object.entries(look)) svg.setAttribute(name, value);
  drawn.setAttribute("d", path);
  svg.append(drawn);
  return svg;
}
