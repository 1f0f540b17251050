// @ts-check
// One visitor's conversation: a token made here, asked with, and taken back from the server when the visit ends.
// It is made here so that it is known even when the answer never arrives.

import { after } from "./kiosk_clock.js";
import { received } from "./kiosk_pieces.js";
import { atMost } from "./waiting.js";

const GIVE_UP_MS = 20000;
const TOO_MANY = 429;
const OWED = "owed";
let token = "";
/** @type {Promise<unknown> | null} */
let underWay = null;
/** @type {Set<string>} conversations that the server may still know */
const owed = new Set();
let late = 0; // how many answers are still on their way to a visit that is over

/** @typedef {{kind: "answered" | "refused" | "held back" | "failed" | "lost" | "late", piece: DocumentFragment | null}} Outcome */

/** @returns {string} 24 letters and digits nobody can guess */
function fresh() {
  const bytes = crypto.getRandomValues(new Uint8Array(18));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}

/** @returns {boolean} */
export function isAsking() {
  return underWay !== null;
}

/** @param {string} question @returns {Promise<Outcome>} */
export async function ask(question) {
  token ||= fresh();
  const mine = token;
  const sent = send(question, mine);
  underWay = sent;
  const outcome = await sent;
  if (underWay === sent) underWay = null;
  return mine === token ? outcome : { kind: "late", piece: null };
}

/** @param {string} question @param {string} conversation @returns {Promise<Outcome>} */
async function send(question, conversation) {
  const body = new URLSearchParams({ question, conversation });
  try {
    const answer = await fetch(`/kiosk/turns${document.body.dataset.query ?? ""}`, { method: "POST", body, cache: "no-store", signal: atMost(GIVE_UP_MS) });
    const piece = received(await answer.text(), "[data-turn], [data-refused]");
    if (piece) return { kind: answer.ok ? "answered" : "refused", piece };
    return { kind: answer.status === TOO_MANY ? "held back" : "failed", piece: null };
  } catch {
    return { kind: "lost", piece: null };
  }
}

/** The visit is over: whoever comes next begins anew, and the server is told to forget. */
export function end() {
  const mine = token;
  const last = underWay;
  token = "";
  underWay = null;
  if (!mine) return;
  owed.add(mine);
  // What is still on its way would be remembered after it was forgotten: so it is forgotten once more.
  if (last) {
    late += 1;
    last.then(() => {
      late -= 1;
      owed.add(mine);
      settle();
    });
  }
  settle();
}

/** The visit is over, and the server was told of it, or does not answer. @param {number} within milliseconds */
export async function endAndTell(within) {
  end();
  if (isSettled()) return;
  await new Promise((done) => {
    const giveUp = after(within, () => done(null));
    document.addEventListener("kiosk:settled", () => (giveUp(), done(null)), { once: true });
  });
}

/** Have the server forget what it was not yet told to; what cannot be told now is kept for the next time. */
export async function settle() {
  tellOwing();
  await Promise.all(
    [...owed].map(async (each) => {
      try {
        const answer = await fetch(`/api/v1/conversations/${each}`, { method: "DELETE", keepalive: true });
        if (answer.ok || answer.status === 404) owed.delete(each);
      } catch {
        // No connection: it is tried again when there is one.
      }
    }),
  );
  if (!owed.size) remember("");
  tellOwing();
}

/** For the page that comes after this one, and for nobody longer than until the server was told. @param {string} conversations */
function remember(conversations) {
  try {
    if (conversations) sessionStorage.setItem(OWED, conversations);
    else sessionStorage.removeItem(OWED);
  } catch {
    // Storage may be blocked: then this page must tell it all.
  }
}

/** The page is left. Requests of it may be dropped with it, so the page that comes after it tells the server once more. */
export function tellOnLeaving() {
  for (const conversation of owed) navigator.sendBeacon("/clear", new URLSearchParams({ conversation }));
  remember([...owed].join(" "));
}

/** Tell the server what the page before this one may not have told it; nothing of that stays in storage. */
export function takeOver() {
  try {
    for (const each of (sessionStorage.getItem(OWED) ?? "").split(" ").filter(Boolean)) owed.add(each);
  } catch {
    // As above.
  }
  remember("");
  if (owed.size) settle();
}

/** @returns {boolean} whether the server has been told of every visit that ended, and nothing of one is on its way */
export function isSettled() {
  return owed.size === 0 && late === 0;
}

function tellOwing() {
  document.body.toggleAttribute("data-owing", !isSettled());
  if (isSettled()) document.dispatchEvent(new CustomEvent("kiosk:settled"));
}
