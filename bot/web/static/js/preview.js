// @ts-check
// While one types: the preview, the faults beside their fields and where each wording is found today.

const form = /** @type {HTMLFormElement} */ (document.querySelector("[data-editor]"));
const stage = /** @type {HTMLElement} */ (document.querySelector("[data-preview]"));
const WAIT_MS = 700;
/** @type {AbortController | null} */
let running = null;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;
/** @type {Element | null} */
let last = null;

/** @param {Element} into @param {Element | null} from */
function fill(into, from) {
  into.replaceChildren(...(from ? [...from.childNodes].map((node) => document.importNode(node, true)) : []));
}

function note() {
  if (!last) return;
  const found = new Map([...last.querySelectorAll("[data-found]")].map((each) => [`${each.getAttribute("data-found")} ${each.getAttribute("data-text")}`, each]));
  document.querySelectorAll("[data-note]").forEach((slot) => {
    const box = /** @type {HTMLInputElement | HTMLTextAreaElement | null | undefined} */ (slot.parentElement?.querySelector("input, textarea"));
    const text = box?.value.trim().replace(/\s+/g, " ");
    fill(slot, found.get(`${slot.getAttribute("data-note")} ${text}`) ?? null);
  });
}

/** @param {Element} checked */
function show(checked) {
  last = checked;
  checked.querySelectorAll("[data-notes]").forEach((notes) => {
    const slot = document.querySelector(`[data-slot="${notes.getAttribute("data-notes")}"]`);
    if (!slot) return;
    fill(slot, notes);
    const input = document.getElementById(notes.getAttribute("data-notes") ?? "");
    input?.toggleAttribute("aria-invalid", Boolean(notes.querySelector(".note-must")));
  });
  const shown = checked.querySelector("[data-shown]");
  const open = stage.querySelector("details")?.open;
  const turns = [stage, shown].map((each) => each?.querySelector(".turn"));
  // Put in anew the kiosk's screen would be loaded anew, and lose its place: it stays unless it says something else.
  const isSame = stage.querySelector("iframe")?.srcdoc === shown?.querySelector("iframe")?.srcdoc;
  if (isSame && turns[0] && turns[1]) turns[0].replaceWith(document.importNode(turns[1], true));
  else fill(stage, shown);
  const more = stage.querySelector("details");
  if (more && open) more.open = true;
  const grade = document.querySelector("span[data-grade]");
  if (grade) grade.textContent = checked.querySelector("[data-grade]")?.textContent ?? "";
  note();
}

async function look() {
  running?.abort();
  running = new AbortController();
  const body = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") body.append(name, value);
  try {
    const answer = await fetch(`${form.action}/preview`, { method: "POST", body, signal: running.signal });
    if (!answer.ok) return;
    const checked = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-check]");
    if (checked) show(checked);
  } catch {
    // A preview is a help: typing and saving go on without it.
  }
}

function later() {
  clearTimeout(timer);
  timer = setTimeout(look, WAIT_MS);
}

function count() {
  document.querySelectorAll("[data-words-of]").forEach((each) => {
    const area = /** @type {HTMLTextAreaElement} */ (document.getElementById(each.getAttribute("data-words-of") ?? ""));
    const words = area.value.split(/\s+/).filter(Boolean).length;
    each.textContent = String(words);
    const most = Number(each.getAttribute("data-most") ?? 60);
    each.parentElement?.classList.toggle("over", words > most);
  });
}

form.addEventListener("input", () => {
  count();
  note();
  later();
});
document.addEventListener("change", (event) => {
  if (event.target instanceof HTMLInputElement && event.target.name === "region") look();
});
document.querySelector("[data-found-list]")?.remove(); // each wording has its own note now
count();
look();
