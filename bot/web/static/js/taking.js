// @ts-check
// A list of questions in the part of an address that browsers keep to themselves, behind the #.

/** @param {string} at @param {readonly import("./keeping.js").Kept[]} list */
export function addressOf(at, list) {
  const part = new URLSearchParams();
  for (const each of list) part.append(each.id ? "a" : "q", each.id || each.question);
  return `${at}#${part}`;
}

/** @param {string} hash @returns {import("./keeping.js").Kept[]} */
export function listOf(hash) {
  const part = new URLSearchParams(hash.replace(/^#/, ""));
  return [...part]
    .filter(([kind, text]) => text && (kind === "q" || (kind === "a" && /^[a-z0-9-]+$/.test(text))))
    .map(([kind, text]) => (kind === "a" ? { id: text, question: "", lang: "" } : { id: "", question: text.slice(0, 500), lang: "" }));
}
