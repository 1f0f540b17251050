// @ts-check
// Approved questions by their words: a list to choose from. What is typed stays on this screen.

/** @typedef {{id: string, question: string, own: string[], other: string[]}} Row */

const FEWEST_LETTERS = 3;
const OTHER_WORDING = 0.7; // a word of another wording says a little less than one of the question itself
const FEW = 6; // questions with a word: then it is telling, although none of them has it itself
const WORTH = 0.75; // of the best one's score
const SHORT = 4; // an unfinished word of fewer letters may become anything
// Words that every question may have: they say nothing of what it is about.
const LITTLE = new Set(
  `about after all also and any are aren't because been before being bit but can can't cannot could did didn't does doesn't
  doing don't dont for from get gets getting give going gonna got had has have haven't her here hers him his how i'm i've
  into isn't it's its just keep keeps know let like lot make makes many may me might more most much must my need not now
  off one our out over please really she should some something still such take taking tell than that that's the their
  them then there these they thing things think this those too tried try trying use using very want wanted wants was way
  we're were what what's when where which while who why will with won't would yes you you're your
  algo como con cual cuando cuanto del desde donde ella ellos era esa ese eso esta estan estar este esto estoy favor fue
  gracias hace hacer hago han hay las les los mas me mis mucho muy nada necesito nos para pero poco por porque pues puede
  puedo pueden que quien quiero saber ser sera sin sobre son soy sus tan tengo tener tiene todo tomar una uno unos usar ya`
    .split(/\s+/)
    .map((word) => plain(word)),
);
// Beneath words like these nothing is suggested, since a question to tap would stand in the way of help. What is grave
// and what is said to it is decided on the server all the same.
const GRAVE = new RegExp(
  `^(${
    "999|911|112|ambulance|bleed|bled|blind|breath|choking|collaps|confus|dead|death|die$|died|dying|emergenc|end$|ending|eyesight|faint|goodbye|harm|hospital|" +
    "hurt|kill|lethal|life$|lives|numb|overdos|poison|seizure|stroke|suicid|swallow|swell|swollen|throat|unconscious|vomit|worst|yellow|" +
    "ahog|amarill|asfixi|desmay|garganta|hinch|matar|mori|muert|respir|sangr|suicid|urgen|vida$|vomit"
  })`,
);

/** @param {string} text @returns {string} without accents and capitals */
function plain(text) {
  return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").replaceAll("’", "'");
}

/** @param {string} text @returns {string[]} */
function words(text) {
  return plain(text).match(/[\p{L}\p{N}']+/gu) ?? [];
}

/** @type {Row[]} */
const rows = [...document.querySelectorAll("[data-open][data-finds]")].map((each) => ({
  id: each.getAttribute("data-open") ?? "",
  question: each.textContent?.trim() ?? "",
  own: words(each.textContent ?? ""),
  other: words(each.getAttribute("data-finds") ?? ""),
}));

/** @param {string} typed @param {string} word @param {boolean} begun whether more letters may follow @returns {boolean} */
function fits(typed, word, begun) {
  if (typed === word) return true;
  if (begun && typed.length >= SHORT && word.startsWith(typed)) return true;
  const end = typed.length > SHORT ? -1 : typed.length;
  if (typed.length >= SHORT && Math.abs(word.length - typed.length) < 3 && word.startsWith(typed.slice(0, end))) return true;
  return typed.length > SHORT && typed[0] === word[0] && oneApart(typed, word);
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

/** @param {string} typed @returns {boolean} */
export function mayBeGrave(typed) {
  return words(typed).some((word) => GRAVE.test(word));
}

/** @param {string} typed @param {number} most @param {number} least of what the words say that a question must share
 *  @returns {{id: string, question: string}[]} best first */
export function find(typed, most, least) {
  const last = /[\p{L}\p{N}']$/u.test(typed) ? words(typed).pop() : undefined;
  const asked = [...new Set(words(typed))].filter((word) => word.length >= FEWEST_LETTERS && !LITTLE.has(word));
  const found = rows.map((row) => ({ id: row.id, question: row.question, score: 0, shared: 0, own: 0, telling: false }));
  let all = 0;
  for (const word of asked) {
    const begun = word === last;
    const fit = (/** @type {string} */ each) => fits(word, each, begun);
    const hits = rows.map((row) => (row.own.some(fit) ? 1 : row.other.some(fit) ? OTHER_WORDING : 0));
    const known = hits.filter(Boolean).length;
    if (!known && begun && word.length < SHORT) continue;
    const rarity = Math.log(rows.length / Math.max(1, known));
    all += rarity;
    found.forEach((each, place) => {
      each.score += hits[place] * rarity;
      each.shared += hits[place] ? rarity : 0;
      each.own += hits[place] === 1 ? rarity : 0;
      each.telling ||= hits[place] > 0 && known <= FEW;
    });
  }
  const good = found
    .filter((each) => each.shared >= Math.max(1, least * all) && (each.own >= 1 || each.telling))
    .sort((one, other) => other.score - one.score);
  return good.filter((each) => each.score >= WORTH * good[0].score).slice(0, most);
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
