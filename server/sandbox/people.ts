import { poisson, seeded, seedOf } from './random';
import type { accounts, posts } from './schema';

const HOUR = 3_600_000;
const LIFE_HOURS = 24 * 7;

const hourFormats = new Map<string, Intl.DateTimeFormat>();
/** Returns the hour of the day (0 to 23) at a given time in a time zone. */
export function hourIn(timeZone: string, at: number): number {
  let format = hourFormats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, hour: 'numeric', hourCycle: 'h23' });
    hourFormats.set(timeZone, format);
  }
  return Number(format.format(at));
}

/** Share of people who are awake and online, by their local hour: a rise at breakfast, a peak in the evening. */
export const AWAKE: readonly number[] = [
  0.1, 0.05, 0.03, 0.02, 0.03, 0.08, 0.2, 0.4, 0.5, 0.45, 0.4, 0.45, 0.6, 0.5, 0.4, 0.4, 0.45, 0.6, 0.8, 0.95,
  1, 0.85, 0.55, 0.25,
];

export interface Reach {
  impressions: number;
  likes: number;
  reposts: number;
  replies: number;
  quotes: number;
  bookmarks: number;
}

/** The reactions to a post that nobody has seen. */
export const NOBODY: Readonly<Reach> = {
  impressions: 0,
  likes: 0,
  reposts: 0,
  replies: 0,
  quotes: 0,
  bookmarks: 0,
};

/**
 * Returns the followers' reactions to a post until `crowdNow`. A pure function of the seed: repeated calls return the same, and later times
 * never return less.
 */
export function simulateReach(
  post: Pick<typeof posts.$inferSelect, 'id' | 'crowdAt' | 'text' | 'link'>,
  account: Pick<typeof accounts.$inferSelect, 'followers' | 'timeZone'>,
  crowdNow: Date,
  seed: number,
): Reach {
  const total: Reach = { ...NOBODY };
  const start = post.crowdAt.getTime();
  const hours = Math.min(LIFE_HOURS, Math.floor((crowdNow.getTime() - start) / HOUR));
  // Each post has its own luck, and a question or a link affects the reactions.
  const luck = 0.6 + seeded(seedOf(seed, post.id, 'luck'))() * 0.9;
  const likeRate = 0.028 * (post.link ? 0.75 : 1);
  const replyRate = post.text.includes('?') ? 0.006 : 0.0025;
  for (let hour = 0; hour < hours; hour++) {
    const random = seeded(seedOf(seed, post.id, hour));
    const awake = AWAKE[hourIn(account.timeZone, start + hour * HOUR)] ?? 0;
    const seen = poisson(account.followers * 0.09 * awake * luck * 0.82 ** hour, random);
    if (seen === 0) continue;
    total.impressions += seen;
    total.likes += Math.min(seen, poisson(seen * likeRate, random));
    total.reposts += Math.min(seen, poisson(seen * 0.005, random));
    total.replies += Math.min(seen, poisson(seen * replyRate, random));
    total.quotes += Math.min(seen, poisson(seen * 0.0008, random));
    total.bookmarks += Math.min(seen, poisson(seen * 0.003, random));
  }
  return total;
}
