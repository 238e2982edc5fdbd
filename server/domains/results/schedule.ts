import { type Fact, fact } from '@/server/foundation/facts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** Results are read for so long after a post went out. */
export const FOLLOWED_MS = 30 * DAY;

/** How long to wait between two readings of a post that is younger than this: often while much happens, rarely later. */
const STEPS: readonly (readonly [younger: number, wait: number])[] = [
  [2 * HOUR, 30 * MINUTE],
  [6 * HOUR, HOUR],
  [DAY, 3 * HOUR],
  [3 * DAY, 12 * HOUR],
  [7 * DAY, DAY],
  [FOLLOWED_MS, 3 * DAY],
];
/** The longest wait while a rule still looks at the post. */
const RULE_WAIT = 30 * MINUTE;

/**
 * When to read next, or null when it is over, 30 days after the post. While a rule looks at the post until `ruleEnd` it is read
 * at least every half hour, and at that end. Pure.
 */
export function nextReadAt(publishedAt: Date, now: Date, ruleEnd: Date | null): Date | null {
  const from = publishedAt.getTime();
  const at = now.getTime();
  const age = Math.max(0, at - from);
  if (age >= FOLLOWED_MS) return null;
  let next = at + (STEPS.find(([younger]) => age < younger)?.[1] ?? DAY);
  const end = ruleEnd?.getTime() ?? 0;
  if (end > at) next = Math.min(next, at + RULE_WAIT, end);
  return new Date(Math.min(next, from + FOLLOWED_MS));
}

/**
 * When to try again after `failures` readings in a row that brought nothing (1 or more); while a rule looks at the post not later than
 * in half an hour, unless the platform asked for more (`wait`, milliseconds). Pure.
 */
export function retryReadAt(
  publishedAt: Date,
  now: Date,
  failures: number,
  wait: number | undefined,
  ruled = false,
): Date | null {
  if (now.getTime() - publishedAt.getTime() >= FOLLOWED_MS) return null;
  const delay =
    wait ?? Math.min(10 * MINUTE * 2 ** Math.min(failures - 1, 10), ruled ? RULE_WAIT : 12 * HOUR);
  return new Date(now.getTime() + Math.min(Math.max(delay, MINUTE), DAY));
}

/** What is known of how a publication is followed. */
interface Followed {
  state: string;
  publishedAt: Date | null;
  /** Whether we know which post on the platform it is. */
  known: boolean;
  results: { gone: boolean; over: boolean } | null;
}

/** Why nobody looks at how a post does any more, or null while it is looked at or is not out. Pure. */
export function noResultsReason({ state, publishedAt, known, results }: Followed, now: Date): Fact | null {
  if (state !== 'published') return null;
  if (!known) return fact('results.notes.unseen.placeUnknown');
  if (results?.gone) return fact('results.notes.unseen.gone');
  if (results?.over || (publishedAt && now.getTime() - publishedAt.getTime() >= FOLLOWED_MS))
    return fact('results.notes.unseen.over', { days: FOLLOWED_MS / DAY });
  return null;
}
