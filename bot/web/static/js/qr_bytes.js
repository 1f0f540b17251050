// @ts-check
// The bytes of a QR code with their error correction. ISO/IEC 18004: byte mode, level M, versions 1 to 22.

// By version from 1: error correction bytes a block, and number of blocks, at level M.
const CORRECTION = [10, 16, 26, 18, 24, 16, 18, 22, 22, 26, 30, 22, 22, 24, 24, 28, 28, 26, 26, 26, 26, 28];
const BLOCKS = [1, 1, 1, 2, 2, 4, 4, 4, 5, 5, 5, 8, 9, 9, 10, 10, 11, 13, 14, 16, 17, 17];
/** Places of the small squares, first row and column first. @param {number} version @returns {number[]} */
export function alignments(version) {
  if (version === 1) return [];
  const many = Math.floor(version / 7) + 2;
  const step = Math.ceil((version * 4 + 4) / (many * 2 - 2)) * 2;
  return [6, ...Array.from({ length: many - 1 }, (_, place) => version * 4 + 10 - (many - 2 - place) * step)];
}

/** Bytes that fit, correction and all. @param {number} version */
function roomOf(version) {
  const many = alignments(version).length;
  let bits = (16 * version + 128) * version + 64;
  if (version > 1) bits -= (25 * many - 10) * many - 55;
  return Math.floor((version > 6 ? bits - 36 : bits) / 8);
}

/** @param {number} left @param {number} right @returns {number} Their product in GF(256). */
function times(left, right) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) product = (product << 1) ^ ((product >>> 7) * 0x11d) ^ (((right >>> bit) & 1) * left);
  return product;
}

/** Reed-Solomon bytes of one block. @param {number[]} data @param {number} size */
function corrected(data, size) {
  let divisor = [...Array(size - 1).fill(0), 1];
  for (let root = 1, round = 0; round < size; round += 1, root = times(root, 2))
    divisor = divisor.map((each, place) => times(each, root) ^ (divisor[place + 1] ?? 0));
  const rest = Array(size).fill(0);
  for (const byte of data) {
    const factor = byte ^ /** @type {number} */ (rest.shift());
    rest.push(0);
    divisor.forEach((each, place) => (rest[place] ^= times(each, factor)));
  }
  return rest;
}

/** @param {number} value @param {number} width */
function binary(value, width) {
  return value.toString(2).padStart(width, "0");
}

/** All bytes in the order in which they are drawn. @param {Uint8Array} text @param {number} version */
function codewords(text, version) {
  const size = CORRECTION[version - 1];
  const blocks = BLOCKS[version - 1];
  const room = roomOf(version);
  const most = room - size * blocks;
  let stream = `0100${binary(text.length, version < 10 ? 8 : 16)}${[...text].map((byte) => binary(byte, 8)).join("")}`;
  stream = stream.padEnd(Math.min(stream.length + 4, most * 8), "0");
  stream = stream.padEnd(Math.ceil(stream.length / 8) * 8, "0");
  const data = (stream.match(/.{8}/g) ?? []).map((each) => parseInt(each, 2));
  for (let pad = 0xec; data.length < most; pad ^= 0xfd) data.push(pad);
  const short = Math.floor(room / blocks) - size;
  const firstLong = blocks - (room % blocks);
  const parts = Array.from({ length: blocks }, (_, block) => {
    const begin = block * short + Math.max(0, block - firstLong);
    return data.slice(begin, begin + short + (block >= firstLong ? 1 : 0));
  });
  const checks = parts.map((part) => corrected(part, size));
  const mixed = [];
  for (let place = 0; place <= short; place += 1) for (const part of parts) if (place < part.length) mixed.push(part[place]);
  for (let place = 0; place < size; place += 1) for (const check of checks) mixed.push(check[place]);
  return mixed;
}

/** The smallest version that holds a text, and its bytes; null when the text is too long. @param {string} text */
export function encoded(text) {
  const bytes = new TextEncoder().encode(text);
  const place = CORRECTION.findIndex(
    (size, each) => bytes.length + (each < 9 ? 2 : 3) <= roomOf(each + 1) - size * BLOCKS[each],
  );
  return place < 0 ? null : { version: place + 1, bytes: codewords(bytes, place + 1) };
}
