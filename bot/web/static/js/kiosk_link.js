// @ts-check
// Whether the server can be reached and may answer, and which edition it has. A new edition is taken over whole, once
// the service worker has all of it and nobody is in the middle of something.

import { every, now } from "./kiosk_clock.js";
import { atMost } from "./waiting.js";

/** @typedef {"online" | "offline" | "closed"} Link */

const LOOK_MS = 20_000;
const LOOK_AGAIN_MS = 5_000;
const PATIENCE_MS = 6_000;
const notice = /** @type {HTMLElement} */ (document.querySelector("[data-notice]"));
const mine = document.body.dataset.version ?? "";
const workers = "serviceWorker" in navigator ? navigator.serviceWorker : null;
/** @type {Link} */
let link = "online";
let newer = false;
let last = 0;

/** @returns {Link} */
export function linked() {
  return link;
}

/** @returns {boolean} whether another edition stands ready */
export function isOutdated() {
  return newer;
}

/** @param {Link} state */
function become(state) {
  if (state !== link) {
    link = state;
    notice.textContent = link === "offline" ? (notice.dataset.notice ?? "") : "";
    for (const each of document.querySelectorAll("[data-when]")) {
      /** @type {HTMLElement} */ (each).hidden = !each.getAttribute("data-when")?.split(" ").includes(state);
    }
  }
  document.body.dataset.linked = link;
  document.dispatchEvent(new CustomEvent("kiosk:link", { detail: link }));
}

/** Look at once. */
export async function look() {
  last = now();
  if (!navigator.onLine) return become("offline");
  try {
    const answer = await fetch("/kiosk/state", { cache: "no-store", signal: atMost(PATIENCE_MS) });
    const state = await answer.json();
    if (state.status === "open") await follow(state.version);
    become(state.status === "open" ? "online" : state.status === "closed" ? "closed" : "offline");
  } catch {
    become("offline"); // no connection, or something between us and the server answers in its stead
  }
}

/** @param {string} version */
async function follow(version) {
  if (!workers) {
    newer = version !== mine;
    return;
  }
  noteWorker();
  try {
    await workers.register(`/kiosk/worker.js?v=${version}`, { scope: "/kiosk" });
  } catch {
    // No worker is allowed here: a plain reload brings the new edition. With an old worker it would not.
    if (!workers.controller) newer = version !== mine;
  }
}

function noteWorker() {
  const address = workers?.controller?.scriptURL;
  if (address) newer = new URL(address).searchParams.get("v") !== mine;
}

/** Watch the connection from now on. */
export function followLink() {
  workers?.addEventListener("controllerchange", () => {
    noteWorker();
    become(link);
  });
  window.addEventListener("offline", () => become("offline"));
  window.addEventListener("online", look);
  every(1000, () => {
    if (now() - last >= (link === "online" ? LOOK_MS : LOOK_AGAIN_MS)) look();
  });
  look();
  navigator.storage?.persist?.().catch(() => undefined);
}
