// @ts-check
// The kiosk without a connection: one edition of it, kept whole, in every language. Only the files that the server names
// are kept; a question or its answer never passes through here.

const worker = /** @type {any} */ (self);
const VERSION = new URL(worker.location.href).searchParams.get("v") ?? "";
const NAME = `kiosk-${VERSION}`;
const SHELL = "/kiosk";

async function fill() {
  const state = await (await fetch("/kiosk/state", { cache: "no-store" })).json();
  if (state.version !== VERSION) throw new Error("another edition is current by now");
  const cache = await caches.open(NAME);
  await Promise.all(
    state.files.map(async (/** @type {string} */ file) => {
      const answer = await fetch(file, { cache: "no-cache" });
      const other = file.split("?")[0] === SHELL && !answer.headers.get("ETag")?.includes(VERSION);
      if (!answer.ok || other) throw new Error(`${file} cannot be kept`);
      await cache.put(file, answer);
    }),
  );
}

/** @param {string | null} kept the only cache that stays */
async function tidy(kept) {
  for (const name of await caches.keys()) if (name.startsWith("kiosk-") && name !== kept) await caches.delete(name);
}

/** @param {Request} request @param {(string | Request)[]} keys the first that is kept is given */
async function answer(request, keys) {
  const cache = await caches.open(NAME);
  for (const key of keys) {
    const kept = await cache.match(key);
    if (kept) return kept;
  }
  return fetch(request);
}

worker.addEventListener("install", (/** @type {any} */ event) => {
  const filled = fill().catch(async (reason) => {
    await caches.delete(NAME);
    throw reason;
  });
  event.waitUntil(filled.then(() => worker.skipWaiting()));
});
worker.addEventListener("activate", (/** @type {any} */ event) => {
  event.waitUntil(tidy(NAME).then(() => worker.clients.claim()));
});
worker.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname, searchParams } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  const shell = request.mode === "navigate" && pathname === SHELL;
  if (shell) event.respondWith(answer(request, [`${SHELL}?locale=${searchParams.get("locale") ?? ""}`, SHELL]));
  else if (/^\/(static\/|theme\.css$|kiosk\/codes\/|kiosk\/manifest\.)/.test(pathname)) event.respondWith(answer(request, [request]));
});
