// @ts-check
// The kiosk without a connection: one edition of it, kept whole. Only the files that the server names are kept;
// a question or its answer never passes through here.

const worker = /** @type {any} */ (self);
const asked = new URL(worker.location.href).searchParams;
const VERSION = asked.get("v") ?? "";
const LOCALE = asked.get("locale") ?? "";
const QUERY = LOCALE ? `?locale=${LOCALE}` : "";
const NAME = `kiosk-${VERSION}`;
const SHELL = `/kiosk${QUERY}`;

async function fill() {
  const state = await (await fetch(`/kiosk/state${QUERY}`, { cache: "no-store" })).json();
  if (state.version !== VERSION) throw new Error("another edition is current by now");
  const cache = await caches.open(NAME);
  await Promise.all(
    state.files.map(async (/** @type {string} */ file) => {
      const answer = await fetch(file, { cache: "no-cache" });
      const other = file === SHELL && !answer.headers.get("ETag")?.includes(VERSION);
      if (!answer.ok || other) throw new Error(`${file} cannot be kept`);
      await cache.put(file, answer);
    }),
  );
}

/** @param {string | null} kept the only cache that stays */
async function tidy(kept) {
  for (const name of await caches.keys()) if (name.startsWith("kiosk-") && name !== kept) await caches.delete(name);
}

/** @param {Request} request @param {string | Request} key */
async function answer(request, key) {
  return (await (await caches.open(NAME)).match(key)) ?? fetch(request);
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
  const shell = request.mode === "navigate" && pathname === "/kiosk" && (searchParams.get("locale") ?? "") === LOCALE;
  if (shell) event.respondWith(answer(request, SHELL));
  else if (/^\/(static\/|theme\.css$|kiosk\/codes\/|kiosk\/manifest\.)/.test(pathname)) event.respondWith(answer(request, request));
});
