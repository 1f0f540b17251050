// @ts-check
// What the editor's form holds, as text that can be compared, and values from elsewhere put into it.

const NO_CONTENT = ["base", "version", "csrf_token", "do", "reason", "retire_reason", "region"];

/** @param {HTMLFormElement} form @returns {string} */
export function fields(form) {
  const all = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (!NO_CONTENT.includes(name) && typeof value === "string") all.append(name, value.replace(/\r\n/g, "\n"));
  }
  return all.toString();
}

/** @param {URLSearchParams} sent @returns {{place: string, title: string, checked: string}[]} */
function sources(sent) {
  const [titles, days] = [sent.getAll("source_title"), sent.getAll("source_checked")];
  return sent.getAll("source").map((place, row) => ({ place, title: titles[row] ?? "", checked: days[row] ?? "" }));
}

/**
 * The values by input, sources as rows; with `before` only those that differ from it.
 * @param {URLSearchParams} now @param {URLSearchParams} [before] @returns {Record<string, any>}
 */
export function changes(now, before) {
  /** @type {Record<string, any>} */
  const found = {};
  for (const name of new Set(now.keys())) {
    if (!name.startsWith("source") && now.get(name) !== before?.get(name)) found[name] = now.get(name);
  }
  const rows = sources(now);
  if (!before || JSON.stringify(rows) !== JSON.stringify(sources(before))) found.sources = rows;
  return found;
}

/** @param {HTMLFormElement} form @param {Record<string, any>} values */
export function takeOver(form, values) {
  for (const [name, value] of Object.entries(values)) {
    if (name === "sources") {
      form.querySelector("[data-sources]")?.dispatchEvent(new CustomEvent("taken-over", { detail: value }));
      continue;
    }
    const input = form.elements.namedItem(name);
    if (!(input instanceof HTMLInputElement || input instanceof HTMLTextAreaElement || input instanceof HTMLSelectElement)) continue;
    if (input.value === value) continue;
    input.value = value;
    input.dispatchEvent(new Event("taken-over"));
  }
}
