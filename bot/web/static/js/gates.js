// @ts-check
// How far the checks are, and which release this server serves, without reloading; once it is settled the page is
// loaded anew. Without scripts the page refreshes itself.

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-progress]"));
const stage = /** @type {HTMLElement | null} */ (document.querySelector("[data-stage]"));
const meter = /** @type {HTMLProgressElement | null} */ (document.querySelector("[data-meter]"));
const EVERY_MS = 1000;
let first = "";

/** @param {{stage: string, done: number, total: number}} found */
function show(found) {
  if (stage) {
    const name = found.stage.charAt(0).toUpperCase() + found.stage.slice(1);
    stage.textContent = found.total ? `${name}, ${found.done} of ${found.total} …` : `${name} …`;
  }
  if (meter && found.total) {
    meter.max = found.total;
    meter.value = found.done;
  } else {
    meter?.removeAttribute("value");
  }
}

async function look() {
  try {
    const answer = await fetch(place?.dataset.progress ?? "", { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const found = await answer.json();
      first ||= found.state;
      if (found.state !== first) {
        location.reload();
        return;
      }
      show(found);
    }
  } catch {
    // the server is away for a moment: the next look finds it
  }
  setTimeout(look, EVERY_MS);
}

if (place && "moving" in place.dataset) look();
