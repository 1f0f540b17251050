// The launcher, what a page can ask of it, and what it tells the page. It starts here.

const ONCE = Symbol.for("clinicbot");
const GRAVE = ["emergency", "crisis"];
const SPEECH = "M21 12a8 8 0 0 1-8 8H4l2-3.5A8 8 0 1 1 21 12zM9 10h8M9 14h5";

function start() {
  // A second script on the page adds nothing, but places again what the page has lost.
  if (ONCE in window) return /** @type {any} */ (window)[ONCE].place?.();
  const found = document.currentScript ?? document.querySelector("script[data-clinicbot]");
  if (!(found instanceof HTMLScriptElement) || !found.src) {
    return console.error("clinicbot: the script needs the attribute data-clinicbot when it is loaded like this.");
  }
  const given = found.dataset;
  const base = new URL(found.src).origin;
  const localeOf = () => (given.locale ?? document.documentElement.lang).trim().slice(0, 35);
  let words = WORDS.en;
  const host = document.createElement("clinicbot-widget");
  const root = host.attachShadow({ mode: "open" });
  const label = make("span", { class: "label" });
  const dot = make("span", { class: "dot", hidden: "", "aria-hidden": "true" });
  const unread = make("span", { class: "said" });
  const launcher = make("button", { type: "button", class: "launcher", "aria-haspopup": "dialog", "aria-expanded": "false" }, symbol(SPEECH), label, unread, dot);
  const said = make("p", { class: "said", role: "status" });
  const title = CLINIC.name ? `${CLINIC.name}: chat` : "Chat";
  const panel = makePanel({ base, title, close, answered });
  const region = make("div", { class: "region", role: "region", "aria-label": title }, launcher, said, panel.dialog);
  const look = makeTheme(region, label);
  const page = new EventTarget();
  const listening = new MutationObserver(speak);
  /** @type {Element | null} */
  let before = null;
  let isOpen = false;
  let placed = false;
  let wanted = false; // before it was placed

  /** @param {string} name @param {object} detail */
  function tell(name, detail = {}) {
    // Twice: events of the document for pages that only listen, and those of `on`, which can be taken back.
    document.dispatchEvent(new CustomEvent(`clinicbot:${name}`, { detail }));
    page.dispatchEvent(new CustomEvent(name, { detail }));
  }

  /** The page may take the element away, even while it is open, and the chat in the frame goes with it. */
  const isShown = () => isOpen && host.isConnected;

  function put() {
    if (isOpen) close();
    panel.empty();
    speak();
    listening.observe(document.documentElement, { attributeFilter: ["lang"] });
    // Beside the body, not in it: scripts that replace the body keep it, and no transform of the body moves it.
    document.documentElement.append(host);
  }

  function place() {
    if (host.isConnected || !document.body) return;
    const early = wanted;
    placed = true;
    put();
    tell("ready");
    if (early) open();
  }

  function open() {
    if (isShown()) return;
    if (!placed || !document.body) return void (wanted = true);
    if (!host.isConnected) put();
    wanted = false;
    const active = document.activeElement;
    before = active && active !== document.body && active !== host ? active : null;
    const isUnread = !dot.hidden;
    isOpen = true;
    mark(false);
    region.classList.add("open");
    launcher.setAttribute("aria-expanded", "true");
    panel.open(isUnread);
    tell("open");
  }

  function close() {
    wanted = false;
    if (!isOpen) return;
    const inside = document.activeElement === host;
    isOpen = false;
    region.classList.remove("open");
    launcher.setAttribute("aria-expanded", "false");
    panel.fold();
    const back = before?.isConnected ? before : launcher;
    if (inside && back instanceof Element && "focus" in back) /** @type {HTMLElement} */ (back).focus({ preventScroll: true });
    tell("close");
  }

  /** @param {boolean} isNew */
  function mark(isNew) {
    dot.hidden = !isNew;
    unread.textContent = isNew ? ` ${words.unread}` : "";
    said.textContent = isNew ? words.unread : "";
  }

  /** @param {{outcome: string, entry: string | null}} detail */
  function answered(detail) {
    if (!isOpen) mark(true);
    tell("answer", detail);
    if (GRAVE.includes(detail.outcome)) open(); // help does not wait behind a dot for whoever closed it too soon
  }

  /** The page says in which language it is; pages that are never left may say another later. */
  function speak() {
    const locale = localeOf();
    words = wordsOf(locale);
    look.speak(words);
    if (!dot.hidden) mark(true);
    panel.speak(locale, words);
  }

  const toggle = () => (isShown() ? close() : open());
  const api = Object.freeze({
    open,
    close,
    toggle,
    theme: look.theme,
    /** Open the chat and ask. @param {string} question */
    ask(question) {
      open();
      panel.tell({ clinicbot: "ask", question: String(question).slice(0, 2000) });
    },
    /** Call `heard` with the detail of each "open", "close" or "answer"; gives a function that ends it.
     * @param {string} name @param {(detail: object) => void} heard */
    on(name, heard) {
      const listener = (/** @type {Event} */ event) => heard(/** @type {CustomEvent} */ (event).detail);
      page.addEventListener(name, listener);
      return () => page.removeEventListener(name, listener);
    },
    get isOpen() {
      return isShown();
    },
  });

  launcher.addEventListener("click", toggle);
  dress(root);
  root.append(region);
  look.theme({ colour: given.colour ?? CLINIC.colour ?? "", label: given.label ?? "", position: given.position ?? "", offset: given.offset ?? "0" });
  Object.defineProperty(window, ONCE, { value: { place } });
  Object.defineProperty(window, "clinicbot", { value: api, configurable: true });
  if (document.body) place();
  else document.addEventListener("DOMContentLoaded", place);
}

start();
