import type { PostRate } from '../scheduling/rates';

/** So many posts at an instant (milliseconds since 1970). */
export interface Moment {
  at: number;
  posts: number;
}

export interface FitQuestion {
  rate: Pick<PostRate, 'count' | 'seconds'>;
  /** What has gone out, at its time; any order. */
  gone: readonly Moment[];
  /** What is planned, at its time; any order. What is over the limit waits, as the publisher lets it. */
  planned: readonly Moment[];
  /** What the database says is left of the window that is open now. */
  quota: { remaining: number; resetsAt: number } | null;
  /** When the new posts are wanted, and how many come together. */
  want: number;
  adding: number;
  /** What is planned after this is not known. */
  knownUntil: number;
}

/** `fits`; or from when on, null when nothing is known of a time with room. */
export type Fit = { fits: true } | { fits: false; from: number | null };

/**
 * Whether new posts fit into a platform's limit at their time: no window of the limit's length that they fall into, wherever
 * it begins, holds more than the limit. If they do not, the first time at which they do. Pure.
 */
export function firstFit(question: FitQuestion): Fit {
  const { rate, want, adding, knownUntil } = question;
  const length = rate.seconds * 1000;
  if (adding > rate.count) return { fits: false, from: null };
  const taken = layOut(question);
  let at = want;
  for (;;) {
    const end = crowdedUntil(taken, at, length, rate.count - adding);
    if (end === null) return at === want ? { fits: true } : { fits: false, from: at };
    if (end > knownUntil) return { fits: false, from: null };
    at = end;
  }
}

/** When what has gone out and what is planned really goes, in order: over the limit it waits until the window moved on. */
export function layOut({ rate, gone, planned, quota }: FitQuestion): Moment[] {
  const length = rate.seconds * 1000;
  const placed: Moment[] = [];
  const opened = quota ? quota.resetsAt - length : null;
  const byTime = (a: Moment, b: Moment) => a.at - b.at;
  let inWindow = 0;
  for (const moment of [...gone].sort(byTime)) {
    if (opened !== null && moment.at >= opened) inWindow += moment.posts;
    else if (moment.posts > 0) placed.push({ ...moment });
  }
  // The publisher counts an open window as one: all of it is free again when it ends.
  if (quota && opened !== null) {
    const spent = Math.max(rate.count - quota.remaining, inWindow);
    if (spent > 0) placed.push({ at: opened, posts: spent });
  }
  let first = 0;
  let inside = placed.reduce((sum, m) => sum + m.posts, 0);
  let cursor = placed.at(-1)?.at ?? Number.NEGATIVE_INFINITY;
  for (const { at, posts } of [...planned].sort(byTime)) {
    let left = posts;
    cursor = Math.max(cursor, at);
    while (left > 0) {
      for (let oldest = placed[first]; oldest && oldest.at + length <= cursor; oldest = placed[first]) {
        inside -= oldest.posts;
        first++;
      }
      const room = Math.min(left, rate.count - inside);
      if (room > 0) {
        placed.push({ at: cursor, posts: room });
        inside += room;
        left -= room;
      } else cursor = (placed[first]?.at ?? cursor) + length;
    }
  }
  return placed;
}

/** The end of the last window around `at` that holds more than `most`, or null when there is none. */
function crowdedUntil(taken: readonly Moment[], at: number, length: number, most: number): number | null {
  const near = taken.filter((m) => m.at > at - length && m.at < at + length);
  let end: number | null = null;
  let next = 0;
  let inside = 0;
  // A window that holds the most begins at one of the posts in it; the last of those around `at` begins at `at` itself.
  const starts = [...near.filter((m) => m.at <= at), { at, posts: 0 }];
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]?.at ?? at;
    for (let m = near[next]; m && m.at < start + length; m = near[next]) {
      inside += m.posts;
      next++;
    }
    if (inside > most) end = start + length;
    // The window's first post leaves it when the next one begins.
    inside -= starts[i]?.posts ?? 0;
  }
  return end;
}
