// What a page may choose of the launcher's look: colour, label, side, and how far above the edge. What it chose wrongly
// is told on the console, and the usual is shown.

const DARK = "#10161c";
const LIGHT = "#ffffff";

/** The colour as #rrggbb, or "" for what is none. @param {string} text */
function colourOf(text) {
  const found = /^#?([0-9a-f]{3}|[0-9a-f]{6})$/i.exec(text.trim())?.[1].toLowerCase() ?? "";
  return found && `#${found.length === 3 ? [...found].map((each) => each + each).join("") : found}`;
}

const MOST_OFFSET = 400;

/** How far above its place, in pixels, or null for what says no such thing. @param {string} text */
function offsetOf(text) {
  const found = /^(\d{1,3})(px)?$/.exec(text.trim())?.[1];
  return found && Number(found) <= MOST_OFFSET ? Number(found) : null;
}

/** Relative luminance as WCAG 2.2 defines it. @param {string} colour */
function luminance(colour) {
  const [red, green, blue] = [1, 3, 5].map((start) => {
    const value = parseInt(colour.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** @param {string} one @param {string} other */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** The text colour that is read best on `colour`: white where that is enough. @param {string} colour */
const textOn = (colour) => (contrast(colour, LIGHT) >= 4.5 ? LIGHT : contrast(colour, DARK) >= 4.5 ? DARK : "#000000");

/** @param {HTMLElement} region @param {HTMLElement} label */
function makeTheme(region, label) {
  let words = WORDS.en;
  let own = ""; // what the page has the button say, in whatever language

  /** @param {Words} spoken */
  function speak(spoken) {
    words = spoken;
    label.textContent = own || words.label;
  }

  /** @param {string} text */
  function colourIn(text) {
    const brand = colourOf(text);
    if (!brand) console.warn(`clinicbot: "${text}" is no colour like #1f5f8b; the clinic's own is used.`);
    const shown = brand || colourOf(CLINIC.colour ?? "") || "#1f5f8b";
    region.style.setProperty("--brand", shown);
    region.style.setProperty("--on-brand", textOn(shown));
  }

  /** @param {string} text */
  function lift(text) {
    const pixels = offsetOf(text);
    if (pixels === null) console.warn(`clinicbot: "${text}" is no offset from 0 to ${MOST_OFFSET}; the button stays at the edge.`);
    region.style.setProperty("--offset", `${pixels ?? 0}px`);
  }

  /** @param {{colour?: string, label?: string, position?: string, offset?: string | number}} wanted */
  function theme({ colour, label: text, position, offset }) {
    if (colour !== undefined) colourIn(String(colour));
    if (text !== undefined) own = String(text).trim().slice(0, 60);
    speak(words);
    if (position !== undefined) region.classList.toggle("left", /left/i.test(String(position)));
    if (offset !== undefined) lift(String(offset));
  }

  return { speak, theme };
}
