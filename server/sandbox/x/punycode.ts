/** The parameters of Punycode: RFC 3492, section 5. */
const BASE = 36;
const T_MIN = 1;
const T_MAX = 26;
const SKEW = 38;
const DAMP = 700;
const FIRST = 128;

/** Returns the length of a label of a host name once it is encoded for the domain name system (RFC 3492), including its prefix `xn--`. */
export function encodedLength(label: string): number {
  return label
    .replace(/[\u3002\uFF0E\uFF61]/g, '.')
    .split('.')
    .reduce((sum, part, i) => sum + (i > 0 ? 1 : 0) + partLength(part), 0);
}

function partLength(part: string): number {
  const points = [...part].map((character) => character.codePointAt(0) ?? 0);
  const basic = points.filter((point) => point < FIRST).length;
  if (basic === points.length) return part.length;
  let length = 'xn--'.length + basic + (basic > 0 ? 1 : 0);
  let handled = basic;
  let delta = 0;
  let bias = 72;
  for (let next = FIRST; handled < points.length; next++) {
    const least = points.reduce((best, point) => (point >= next && point < best ? point : best), 0x110000);
    delta += (least - next) * (handled + 1);
    next = least;
    for (const point of points) {
      if (point < next) delta++;
      if (point !== next) continue;
      length += digits(delta, bias);
      bias = adapt(delta, handled + 1, handled === basic);
      delta = 0;
      handled++;
    }
    delta++;
  }
  return length;
}

/** Returns how many digits the variable-length integer for `delta` has. */
function digits(delta: number, bias: number): number {
  let rest = delta;
  for (let count = 1, k = BASE; ; count++, k += BASE) {
    const threshold = Math.min(T_MAX, Math.max(T_MIN, k - bias));
    if (rest < threshold) return count;
    rest = Math.floor((rest - threshold) / (BASE - threshold));
  }
}

function adapt(delta: number, points: number, first: boolean): number {
  let rest = Math.floor(delta / (first ? DAMP : 2));
  rest += Math.floor(rest / points);
  let k = 0;
  for (; rest > ((BASE - T_MIN) * T_MAX) / 2; k += BASE) rest = Math.floor(rest / (BASE - T_MIN));
  return k + Math.floor(((BASE - T_MIN + 1) * rest) / (rest + SKEW));
}
