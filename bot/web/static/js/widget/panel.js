// The panel: a dialog with the chat in a frame, made when it is first opened, and the talk with that frame.

const LOADED_BY_MS = 20000;
const READY_BY_MS = 4000;
const OUTCOMES = ["answer", "clarify", "decision", "urgent", "crisis", "emergency", "illicit", "no_match"];

/**
 * @param {{base: string, title: string, close: () => void,
 *   answered: (detail: {outcome: string, entry: string | null}) => void}} given
 */
function makePanel({ base, title, close, answered }) {
  const narrow = matchMedia("(max-width: 480px), (max-height: 420px)");
  const shut = make("button", { type: "button", class: "close" }, symbol("M6 6l12 12M18 6L6 18"));
  const note = make("div", { class: "note" });
  const dialog = make("dialog", { class: "panel" }, note, shut);
  let locale = "";
  let words = WORDS.en;
  let spoken = ""; // the locale that the frame was loaded in
  /** @type {HTMLIFrameElement | null} */
  let frame = null;
  let ready = false;
  let timer = 0;
  /** @type {object[]} */
  let waiting = [];

  /** @param {object} message */
  const post = (message) => frame?.contentWindow?.postMessage(message, base);

  /** Say it now, or once the frame listens. @param {object} message */
  function tell(message) {
    if (ready) post(message);
    else waiting.push(message);
  }

  /** What has the focus in the panel, if anything. */
  const focused = () => [note, shut].find((each) => each.contains(/** @type {ShadowRoot} */ (dialog.getRootNode()).activeElement));

  /** @param {boolean} failed */
  function show(failed) {
    note.hidden = false;
    if (!failed) return note.replaceChildren(make("p", { role: "status" }, words.working));
    const again = make("button", { type: "button" }, words.again);
    const page = make("a", { href: `${base}/${locale ? `?locale=${encodeURIComponent(locale)}` : ""}`, target: "_blank", rel: "noopener noreferrer", class: "go" }, words.page);
    again.addEventListener("click", load);
    note.replaceChildren(make("p", { role: "alert" }, words.failed), page, again);
    const line = CLINIC.emergency;
    if (line) note.append(make("p", {}, `${words.emergency} `, make("a", { href: line.href }, line.number), "."));
    if (frame) frame.hidden = true;
    if (dialog.open && !focused()) page.focus({ preventScroll: true }); // it was in the frame that is hidden now
  }

  /** @param {number} within */
  function expect(within) {
    clearTimeout(timer);
    timer = setTimeout(() => ready || show(true), within);
  }

  function load() {
    ready = false;
    frame?.remove();
    spoken = locale;
    const query = locale ? `?${new URLSearchParams({ channel: "widget", locale })}` : "?channel=widget";
    frame = make("iframe", { title, src: `${base}/widget${query}`, referrerpolicy: "no-referrer" });
    // A refused or unreachable page "loads" as well: only an answer to this greeting says that it is ours.
    frame.addEventListener("load", () => {
      ready = false;
      post({ clinicbot: "hello" });
      expect(READY_BY_MS);
    });
    show(false);
    dialog.prepend(frame);
    expect(LOADED_BY_MS);
    if (dialog.open) shut.focus({ preventScroll: true });
  }

  function enter() {
    if (!ready) return shut.focus({ preventScroll: true });
    frame?.focus({ preventScroll: true });
    post({ clinicbot: "focus" });
  }

  function begin() {
    const moves = dialog.open && focused();
    ready = true;
    clearTimeout(timer);
    note.hidden = true;
    if (frame) frame.hidden = false;
    if (moves) enter();
    for (const each of waiting.splice(0)) post(each);
  }

  addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== base) return;
    const said = event.data;
    if (said?.clinicbot === "ready") begin();
    else if (said?.clinicbot === "close") close();
    else if (said?.clinicbot === "answer" && OUTCOMES.includes(said.outcome)) {
      answered({ outcome: said.outcome, entry: typeof said.entry === "string" && /^[a-z0-9-]{1,80}$/.test(said.entry) ? said.entry : null });
    }
  });
  shut.addEventListener("click", close);
  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    close();
  });
  dialog.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    close();
  });

  function unfold() {
    // On a phone it takes the whole screen, and the page behind rests; beside a wide page both can be used.
    if (narrow.matches) dialog.showModal();
    else dialog.show();
  }
  narrow.addEventListener("change", () => {
    if (!dialog.open) return;
    dialog.close();
    unfold();
    enter();
  });

  return {
    dialog,
    tell,
    /** What is open goes on as it is, for something may be typed in it. @param {string} wanted @param {Words} wordsOfIt */
    speak(wanted, wordsOfIt) {
      locale = wanted;
      words = wordsOfIt;
      shut.setAttribute("aria-label", words.close);
      dialog.setAttribute("aria-label", words.label); // the frame in it has the title: not said twice
    },
    /** @param {boolean} isUnread an answer came that nobody saw: it is shown before the language is changed */
    open(isUnread) {
      if (!frame || (spoken !== locale && !isUnread)) load();
      unfold();
      enter();
    },
    fold: () => dialog.close(),
    /** The chat is loaded anew when it is next opened. */
    empty() {
      frame?.remove();
      frame = null;
      ready = false;
    },
  };
}
