import { type Fact, fact } from '@/server/foundation/facts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** How long results are read after a post was published. */
export const FOLLOWED_MS = 30 * DAY;

/** Longest time between two readings, in milliseconds. */
export const LONGEST_READ_WAIT_MS = 3 * DAY;

/** Interval between two readings of a post younger than this: short while much happens, long later. */
const STEPS: readonly (readonly [younger: number, wait: number])[] = [
  [2 * HOUR, 30 * MINUTE],
  [6 * HOUR, HOUR],
  [DAY, 3 * HOUR],
  [3 * DAY, 12 * HOUR],
  [7 * DAY, DAY],
  [FOLLOWED_MS, LONGEST_READ_WAIT_MS],
];
/** Longest interval while a rule still applies to the post. */
const RULE_WAIT = 30 * MINUTE;

/**
 * Returns the time of the next reading, or null after 30 days. While a rule applies to the post until `ruleEnd`, it is read at least every
 * half hour and at that end. Pure.
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
 * Returns the time of the next attempt after `failures` consecutive failed readings (1 or more). While a rule applies to the post, this is
 * within half an hour, unless the platform requested a longer wait (`wait`, milliseconds). Pure.
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

/** What determines whether a publication's results are read. */
interface Followed {
  state: string;
  publishedAt: Date | null;
  /** Whether the post's id at the platform is known. */
  known: boolean;
  results: { gone: boolean; over: boolean } | null;
}

/** Returns why a post's results are no longer read, or null if they are still read or the post is not published. Pure. */
export function noResultsReason({ state, publishedAt, known, results }: Followed, now: Date): Fact | null {
  if (state !== 'published') return null;
  if (!known) return fact('results.notes.unseen.placeUnknown');
  if (results?.gone) return fact('results.notes.unseen.gone');
  if (results?.over || (publishedAt && now.getTime() - publishedAt.getTime() >= FOLLOWED_MS))
    return fact('results.notes.unseen.over', { days: FOLLOWED_MS / DAY });
  return null;
}
