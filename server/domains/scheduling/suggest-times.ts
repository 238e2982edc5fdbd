/** Minutes in a day. */
export const DAY = 24 * 60;

/** Returns the length of the active hours in minutes. They may run past midnight. */
export const windowLength = (from: number, to: number): number => (to - from + DAY) % DAY;

/** Whether a minute of the day lies in the active hours. */
export const isActive = (minute: number, from: number, to: number): boolean =>
  (minute - from + DAY) % DAY < windowLength(from, to);

/**
 * Returns times of day for `count` posts, spread evenly over the active hours: in the middle of equal parts, and rounded to five minutes
 * where there is space. Deterministic. Returns fewer if the hours are too short.
 */
export function suggestTimes(input: { from: number; to: number; count: number }): number[] {
  const length = windowLength(input.from, input.to);
  const count = Math.min(input.count, length);
  const grid = count > 0 && length / count >= 10 ? 5 : 1;
  const times = Array.from({ length: count }, (_, i) => {
    const offset = ((i + 0.5) * length) / count;
    return (input.from + Math.floor(offset / grid) * grid) % DAY;
  });
  return [...new Set(times)].sort((a, b) => a - b);
}

/** Returns equal shares in whole per cent that sum to 100. The first ones get the remainder. */
export function equalMix(slugs: readonly string[]): Record<string, number> {
  const each = Math.floor(100 / Math.max(1, slugs.length));
  const rest = 100 - each * slugs.length;
  return Object.fromEntries(slugs.map((slug, i) => [slug, each + (i < rest ? 1 : 0)]));
}

/** Formats a minute of the day as `HH:mm`. */
export const clockTime = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;

/** Parses `HH:mm` to the minute of the day. Returns null if it is invalid. */
export function parseClockTime(text: string): number | null {
  const match = /^([01]\d|2[0-3]):([0-5]\d)$/.exec(text);
  return match ? Number(match[1]) * 60 + Number(match[2]) : null;
}
