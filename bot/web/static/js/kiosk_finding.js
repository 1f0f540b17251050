// @ts-check
// Approved questions by their words: a list to choose from. What is typed stays on this screen.

/** @typedef {{id: string, question: string, own: string[], other: string[]}} Row */

const FEWEST_LETTERS = 2;
const OTHER_WORDING = 0.7; // a word of another wording says a little less than one of the question itself

/** @param {string} text @returns {string[]} */
function words(text) {
  return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("’", "'").match(/[\p{L}\p{N}']+/gu) ?? [];
}

/** @type {Row[]} */
const rows = [...document.querySelectorAll("[data-open][data-finds]")].map((each) => ({
  id: each.getAttribute("data-open") ?? "",
  question: each.textContent?.trim() ?? "",
  own: words(each.textContent ?? ""),
  other: words(each.getAttribute("data-finds") ?? ""),
}));

/** @param {string} typed @param {string} word @returns {boolean} */
function fits(typed, word) {
  if (word.startsWith(typed)) return true;
  if (typed.length > 3 && word.startsWith(typed.slice(0, -1))) return true;
  return typed.length > 4 && oneApart(typed, word);
}

/** @param {string} one @param {string} other @returns {boolean} one letter too many, too few, wrong or swapped */
function oneApart(one, other) {
  if (Math.abs(one.length - other.length) > 1) return false;
  let start = 0;
  while (start < one.length && one[start] === other[start]) start += 1;
  let end = 0;
  while (end < Math.min(one.length, other.length) - start && one[one.length - 1 - end] === other[other.length - 1 - end]) end += 1;
  const [left, right] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  return Math.max(left.length, right.length) < 2 || (left.length === 2 && left === [...right].reverse().join(""));
}

/** @param {string} typed @param {number} most @param {number} share of the best one's score that is still shown
 *  @returns {{id: string, question: string}[]} best first */
export function find(typed, most, share) {
  const asked = [...new Set(words(typed))].filter((word) => word.length >= FEWEST_LETTERS);
  const scores = rows.map(() => 0);
  for (const word of asked) {
    const hits = rows.map((row) => (row.own.some((each) => fits(word, each)) ? 1 : row.other.some((each) => fits(word, each)) ? OTHER_WORDING : 0));
    const rarity = Math.log(rows.length / Math.max(1, hits.filter(Boolean).length));
    hits.forEach((hit, place) => (scores[place] += hit * rarity));
  }
  const best = Math.max(0, ...scores);
  if (best < 1) return [];
  return rows
    .map((row, place) => ({ row, score: scores[place] }))
    .filter((each) => each.score >= share * best)
    .sort((one, other) => other.score - one.score)
    .slice(0, most)
    .map(({ row }) => ({ id: row.id, question: row.question }));
}

/** @param {{id: string, question: string}[]} found @returns {HTMLElement[]} */
export function listed(found) {
  return found.map((each) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn";
    button.dataset.open = each.id;
    button.textContent = each.question;
    item.append(button);
    return item;
  });
}
