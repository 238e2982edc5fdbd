const UNIT = { w: 604_800_000, d: 86_400_000, h: 3_600_000, m: 60_000, s: 1000 } as const;

/** Returns the end of a wait that the SDK gave as an instant or as a duration such as "1h30m". */
export function waitUntil(text: string, now: Date): Date {
  if (/^\d{4}-\d\d-\d\dT/.test(text)) {
    const at = new Date(text);
    if (Number.isNaN(at.getTime())) throw new RangeError(`"${text}" is not an instant`);
    return at;
  }
  if (!/^(\d+[wdhms])+$/.test(text)) throw new RangeError(`"${text}" is not a duration`);
  let ms = 0;
  for (const [, count, unit] of text.matchAll(/(\d+)([wdhms])/g))
    ms += Number(count) * UNIT[unit as keyof typeof UNIT];
  return new Date(now.getTime() + ms);
}

const BACKOFF = [15_000, 30_000, 60_000, 120_000, 300_000] as const;

/** Delay after the failed attempt with this number (from 0), in milliseconds: 15 s to 5 min, plus up to a tenth. */
export function backoff(attempt: number, random: () => number): number {
  const base = BACKOFF[Math.min(attempt, BACKOFF.length - 1)] ?? 300_000;
  return Math.round(base * (1 + random() / 10));
}

/** Parses a Retry-After header given as seconds or an instant. Returns null if it is neither. */
export function retryAfter(header: string | null, now: Date): Date | null {
  if (!header) return null;
  if (/^\d+$/.test(header)) return new Date(now.getTime() + Number(header) * 1000);
  const at = new Date(header);
  return Number.isNaN(at.getTime()) ? null : at;
}
