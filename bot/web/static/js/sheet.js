// @ts-check
// In the frame, topics and answers open over the conversation, which would be lost if the frame went to another page.

const main = /** @type {HTMLElement} */ (document.querySelector("main"));
const words = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"))?.dataset ?? {};
const log = document.querySelector("[data-log]");
const OPENED_HERE = /^\/(topics$|answers\/|privacy$)/;
/** @type {HTMLElement | null} */
let sheet = null;
/** @type {HTMLElement | null} */
let opener = null;
/** @type {AbortController | null} */
let running = null;

function close() {
  if (!sheet) return;
  sheet.remove();
  sheet = null;
  delete main.dataset.covered;
  if (opener?.isConnected) opener.focus({ preventScroll: true });
  opener = null;
}

/** @param {Element[]} content @param {string} anchor */
function show(content, anchor) {
  sheet?.remove();
  sheet = document.createElement("section");
  sheet.dataset.sheet = "";
  sheet.className = "sheet";
  const back = document.createElement("button");
  back.type = "button";
  back.className = "btn";
  back.textContent = words.sayBack ?? "";
  back.addEventListener("click", close);
  sheet.append(back, ...content.map((each) => document.importNode(each, true)));
  sheet.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    close();
  });
  main.dataset.covered = "";
  main.append(sheet);
  sheet.dispatchEvent(new CustomEvent("turn", { bubbles: true }));
  const wanted = anchor ? sheet.querySelector(`#${CSS.escape(anchor)}`) : null;
  const heading = /** @type {HTMLElement | null} */ ((wanted ?? sheet).querySelector("h1, h2"));
  heading?.setAttribute("tabindex", "-1");
  heading?.focus({ preventScroll: true });
  (wanted ?? sheet).scrollIntoView({ block: "start" });
}

/** @param {URL} address @param {HTMLElement} link */
async function open(address, link) {
  running?.abort();
  running = new AbortController();
  try {
    const answer = await fetch(address, { signal: running.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const content = page.querySelector("main")?.children;
    if (!content) throw new Error("no page");
    if (!link.closest("[data-sheet]")) opener = link;
    show([...content], decodeURIComponent(address.hash.slice(1)));
    document.querySelector("[data-fault]")?.setAttribute("hidden", "");
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") return;
    const fault = /** @type {HTMLElement | null} */ (document.querySelector("[data-fault]"));
    if (!fault) return;
    fault.textContent = words.sayNotLoaded ?? "";
    fault.hidden = false;
  }
}

document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const link = event.target instanceof Element ? /** @type {HTMLAnchorElement | null} */ (event.target.closest("a[href]")) : null;
  if (!link || !log || link.origin !== location.origin || !OPENED_HERE.test(link.pathname)) return;
  const address = new URL(link.href);
  if (link.closest(".tools")) {
    // "Open as a page" means a page of one's own, to keep.
    address.searchParams.delete("channel");
    link.target = "_blank";
    link.rel = "noopener";
    link.href = address.href;
    return;
  }
  event.preventDefault();
  void open(address, link);
});

document.addEventListener("turn", (event) => {
  if (event.target !== sheet) close();
});
