// @ts-check
// Pieces of the page as a kiosk may show them: nothing in them leads away.

/** @param {Node} source @returns {DocumentFragment} a copy whose links open on the kiosk or are text */
export function harmless(source) {
  const piece = document.createDocumentFragment();
  const children = source instanceof HTMLTemplateElement ? source.content : source;
  piece.append(document.importNode(children, true));
  for (const link of piece.querySelectorAll("a")) {
    const entry = /^\/answers\/([a-z0-9-]+)/.exec(link.getAttribute("href") ?? "");
    const plain = document.createElement(entry ? "button" : "span");
    if (entry) {
      plain.setAttribute("type", "button");
      plain.className = "link";
      plain.dataset.open = entry[1];
    }
    plain.append(...link.childNodes);
    link.replaceWith(plain);
  }
  for (const form of piece.querySelectorAll("form, iframe, script, style")) form.remove();
  return piece;
}

/** @param {string} id @returns {DocumentFragment | null} an approved answer of this edition */
export function answer(id) {
  return kept("data-answer", id);
}

/** @param {string} rules with spaces between @returns {DocumentFragment | null} the cards of alarms, as this edition has them */
export function alarms(rules) {
  const cards = rules.split(" ").flatMap((each) => kept("data-card-of", each) ?? []);
  if (!cards.length) return null;
  const piece = document.createDocumentFragment();
  piece.append(...cards);
  return piece;
}

/** @param {string} name @param {string} value @returns {DocumentFragment | null} */
function kept(name, value) {
  const found = [...document.querySelectorAll(`template[${name}]`)].find((each) => each.getAttribute(name) === value);
  return found ? harmless(found) : null;
}

/** @param {string} html @param {string} wanted a selector @returns {DocumentFragment | null} */
export function received(html, wanted) {
  const found = new DOMParser().parseFromString(html, "text/html").querySelector(wanted);
  return found && harmless(found);
}
