// @ts-check
// The kiosk: what a touch does, and leaving nothing behind.

import "./kiosk_down.js";
import "./kiosk_paper.js";
import { forgetTyped, put } from "./kiosk_asking.js";
import { closeExit, isExitOpen, offerExit } from "./kiosk_exit.js";
import { letHelpGo } from "./kiosk_help.js";
import { stay, watch } from "./kiosk_idle.js";
import { goOn, home, hush, isAbroad, isThere, speak } from "./kiosk_language.js";
import { followLink, isOutdated, linked } from "./kiosk_link.js";
import { back, beginAt, first, go, here } from "./kiosk_views.js";
import { end, isSettled, settle, takeOver, tellOnLeaving } from "./kiosk_visit.js";

const root = document.documentElement;
let shut = false;
let over = false; // the visit, and nobody has come since

/** Nothing of this visit stays: not on the screen, not in this browser, not on the server. */
function wipe() {
  window.speechSynthesis?.cancel();
  end();
  forgetTyped();
  delete root.dataset.textSize;
  delete root.dataset.contrast;
  for (const each of document.querySelectorAll("[aria-pressed]")) each.setAttribute("aria-pressed", "false");
  window.getSelection()?.removeAllRanges();
  try {
    sessionStorage.clear();
  } catch {
    // Storage may be blocked; nothing is kept there anyway.
  }
  forgetAddress();
  closeExit();
  hush();
  stay();
  letHelpGo();
  first();
}

/** However the page was opened: one entry in the history, and nothing in it. */
function forgetAddress() {
  history.replaceState(null, "", home);
}

function clear() {
  over = true;
  wipe();
  heed();
  renew();
  comeHome();
}

/** Back to the screen's own language, once the visit is over and the server was told. */
async function comeHome() {
  const may = () => over && isAbroad() && isSettled() && !isExitOpen() && here().view === "attract";
  if (may() && (await isThere(home)) && may()) location.replace(home);
}

/** While the server may not answer nobody else does: where help is stays on the screen until it may again. */
function heed() {
  const grave = ["emergency", "crisis"].includes(document.body.dataset.alarm ?? "");
  if (linked() === "closed" && !shut && !grave) {
    shut = true;
    wipe();
    beginAt("closed");
  } else if (linked() !== "closed" && shut) {
    shut = false;
    beginAt("attract");
  }
}

/** Take over a new edition, between two visitors and with nothing left to tell the server. */
function renew() {
  if (here().view === "attract" && isOutdated() && isSettled() && linked() === "online") location.replace(home);
}

/** @returns {boolean} */
function hasOwnLook() {
  return "textSize" in root.dataset || "contrast" in root.dataset;
}

/** Back on the first screen the visit is over, as if it had been started again. */
function stepBack() {
  back();
  if (here().view === "attract") clear();
}

/** @param {Element} touched */
function changeLook(touched) {
  const on = touched.getAttribute("aria-pressed") !== "true";
  const [name, value] = touched.matches("[data-larger]") ? ["textSize", "2"] : ["contrast", "more"];
  touched.setAttribute("aria-pressed", String(on));
  if (on) root.dataset[name] = value;
  else delete root.dataset[name];
}

document.addEventListener("click", (event) => {
  const touched = event.target instanceof Element ? event.target.closest("button") : null;
  if (!touched) return;
  over = false;
  const { open, ask, go: view, topic, tongue } = touched.dataset;
  if (tongue !== undefined) speak(tongue);
  else if (open) go({ view: "reply", id: open });
  else if (ask) put(ask, touched.dataset.else ?? null);
  else if (view) go({ view, topic });
  else if (touched.matches("[data-send]")) put(/** @type {HTMLTextAreaElement} */ (document.querySelector("[data-question]")).value);
  else if (touched.matches("[data-back]")) stepBack();
  else if (touched.matches("[data-restart]")) clear();
  else if (touched.matches("[data-print]")) window.print();
  else if (touched.matches(".look")) changeLook(touched);
});
for (const leak of ["copy", "cut", "contextmenu", "dragstart"]) document.addEventListener(leak, (event) => event.preventDefault());
document.addEventListener("kiosk:link", () => {
  heed();
  if (linked() === "online") settle().then(renew);
  comeHome();
});
document.addEventListener("kiosk:settled", comeHome);
window.addEventListener("pagehide", () => {
  wipe();
  tellOnLeaving();
});
window.addEventListener("pageshow", (event) => {
  if (event.persisted) wipe();
});
forgetAddress();
watch(() => (here().view !== "attract" && !shut) || hasOwnLook() || isExitOpen() || (isAbroad() && !over), clear);
offerExit(clear, new URL(home, location.href).search);
takeOver();
goOn();
followLink();
