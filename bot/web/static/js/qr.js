// @ts-check
// A QR code of a short text, drawn here so that the text goes nowhere. ISO/IEC 18004.
import { alignments, encoded } from "./qr_bytes.js";

const SVG = "http://www.w3.org/2000/svg";
const QUIET = 4;
/** A square is turned round where its mask gives 0. @type {((x: number, y: number) => number)[]} */
const MASKS = [
  (x, y) => (x + y) % 2,
  (_, y) => y % 2,
  (x) => x % 3,
  (x, y) => (x + y) % 3,
  (x, y) => (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
  (x, y) => ((x * y) % 2) + ((x * y) % 3),
  (x, y) => (((x * y) % 2) + ((x * y) % 3)) % 2,
  (x, y) => (((x + y) % 2) + ((x * y) % 3)) % 2,
];

/** Bits with their remainder after them. @param {number} value @param {number} width @param {number} divisor */
function checked(value, width, divisor) {
  let rest = value;
  for (let round = 0; round < width; round += 1) rest = (rest << 1) ^ ((rest >>> (width - 1)) * divisor);
  return (value << width) | rest;
}

/** What is the same in every code of a version: finders, timing, alignment. @param {number} version */
function frame(version) {
  const size = version * 4 + 17;
  /** @type {(boolean | null)[][]} */
  const rows = Array.from({ length: size }, () => Array(size).fill(null));
  const near = (/** @type {number} */ middle, /** @type {number} */ to) => Math.abs(middle - to);
  for (let each = 0; each < size; each += 1) rows[6][each] = rows[each][6] = each % 2 === 0;
  for (const [middleX, middleY] of [[3, 3], [size - 4, 3], [3, size - 4]])
    for (let y = Math.max(0, middleY - 4); y <= Math.min(size - 1, middleY + 4); y += 1)
      for (let x = Math.max(0, middleX - 4); x <= Math.min(size - 1, middleX + 4); x += 1)
        rows[y][x] = ![2, 4].includes(Math.max(near(middleX, x), near(middleY, y)));
  const places = alignments(version);
  const last = size - 7;
  for (const middleY of places)
    for (const middleX of places) {
      const taken = (middleX === 6 && [6, last].includes(middleY)) || (middleY === 6 && middleX === last);
      if (taken) continue;
      for (let y = middleY - 2; y <= middleY + 2; y += 1)
        for (let x = middleX - 2; x <= middleX + 2; x += 1)
          rows[y][x] = Math.max(near(middleX, x), near(middleY, y)) !== 1;
    }
  return rows;
}

/** @param {boolean[][]} rows @param {number} version @param {number} mask */
function addFormat(rows, version, mask) {
  const size = rows.length;
  const format = checked(mask, 10, 0x537) ^ 0x5412;
  const bit = (/** @type {number} */ place) => ((format >>> place) & 1) === 1;
  const around = [0, 1, 2, 3, 4, 5, 7, 8];
  for (let place = 0; place < 8; place += 1) {
    rows[around[place]][8] = rows[8][size - 1 - place] = bit(place);
    if (place < 7) rows[8][around[6 - place]] = rows[size - 7 + place][8] = bit(8 + place);
  }
  rows[size - 8][8] = true;
  if (version < 7) return;
  const about = checked(version, 12, 0x1f25);
  for (let place = 0; place < 18; place += 1) {
    const [along, across] = [size - 11 + (place % 3), Math.floor(place / 3)];
    rows[across][along] = rows[along][across] = ((about >>> place) & 1) === 1;
  }
}

/** @param {number} version @param {number[]} bytes @param {number} mask @returns {boolean[][]} */
function drawn(version, bytes, mask) {
  const rows = /** @type {boolean[][]} */ (frame(version));
  addFormat(rows, version, mask);
  const size = rows.length;
  let place = 0;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2)
    for (let along = 0; along < size; along += 1)
      for (const x of [right, right - 1]) {
        const upward = ((right + 1) & 2) === 0;
        const y = upward ? size - 1 - along : along;
        if (rows[y][x] !== null) continue;
        const bit = ((bytes[place >>> 3] ?? 0) >>> (7 - (place & 7))) & 1;
        place += 1;
        rows[y][x] = (bit === 1) !== (MASKS[mask](x, y) === 0);
      }
  return rows;
}

/** How hard a code is to read: long runs, squares of one colour, what looks like a finder. @param {boolean[][]} rows */
function penalty(rows) {
  const across = rows.map((row) => row.map(Number).join(""));
  const down = rows.map((_, x) => rows.map((row) => Number(row[x])).join(""));
  let points = 0;
  for (const line of [...across, ...down]) {
    for (const run of line.match(/0{5,}|1{5,}/g) ?? []) points += run.length - 2;
    points += 40 * (line.match(/(?=10111010000|00001011101)/g) ?? []).length;
  }
  for (let y = 1; y < rows.length; y += 1)
    for (let x = 1; x < rows.length; x += 1)
      if (new Set([rows[y][x], rows[y - 1][x], rows[y][x - 1], rows[y - 1][x - 1]]).size === 1) points += 3;
  const dark = across.join("").replaceAll("0", "").length / rows.length ** 2;
  return points + 10 * Math.floor(Math.abs(dark - 0.5) * 20);
}

/** Rows of dark and light; null when the text is too long. @param {string} text @param {number} [mask] */
export function matrixOf(text, mask) {
  const found = encoded(text);
  if (!found) return null;
  if (mask !== undefined) return drawn(found.version, found.bytes, mask);
  const tried = MASKS.map((_, each) => drawn(found.version, found.bytes, each));
  return tried.reduce((best, each) => (penalty(each) < penalty(best) ? each : best));
}

/** @param {boolean[][]} rows @param {string} label */
export function pictureOf(rows, label) {
  const picture = document.createElementNS(SVG, "svg");
  const size = rows.length + 2 * QUIET;
  picture.setAttribute("viewBox", `0 0 ${size} ${size}`);
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", label);
  const path = document.createElementNS(SVG, "path");
  const squares = rows.flatMap((row, y) => row.map((dark, x) => (dark ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : "")));
  path.setAttribute("d", squares.join(""));
  picture.append(path);
  return picture;
}
