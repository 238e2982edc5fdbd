/** Maximum nesting depth and total number of values in the JSON of a request. Ours has a few levels and some hundred values. */
const DEEPEST = 64;
const MAX_VALUES = 20_000;

const [QUOTE, BACKSLASH, COMMA] = [0x22, 0x5c, 0x2c];
const OPENING = new Set([0x5b, 0x7b]);
const CLOSING = new Set([0x5d, 0x7d]);

/**
 * Whether a JSON text is so deep or so wide that reading it is expensive enough to be an attack: parsers and schemas visit every value,
 * even in a list that is far too long. Scans the bytes once without parsing them, and does not check whether they are JSON.
 */
export function isOutsizedJson(text: Uint8Array): boolean {
  let depth = 0;
  let values = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] ?? 0;
    if (quoted) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) quoted = false;
    } else if (byte === QUOTE) quoted = true;
    else if (byte === COMMA) values++;
    else if (OPENING.has(byte)) {
      depth++;
      values++;
    } else if (CLOSING.has(byte)) depth--;
    if (depth > DEEPEST || values > MAX_VALUES) return true;
  }
  return false;
}
