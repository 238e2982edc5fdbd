import type { PostRate } from '../scheduling/rates';

/** A number of posts at an instant (milliseconds since 1970). */
export interface Moment {
  at: number;
  posts: number;
}

export interface FitQuestion {
  rate: Pick<PostRate, 'count' | 'seconds'>;
  /** Sent posts at their times, in any order. */
  gone: readonly Moment[];
  /** Planned posts at their times, in any order. Posts over the limit wait, as they do in the publisher. */
  planned: readonly Moment[];
  /** The remaining quota of the open window, according to the database. */
  quota: { remaining: number; resetsAt: number } | null;
  /** When the new posts are wanted, and (`adding`) their number. */
  want: number;
  adding: number;
  /** The plan after this time is unknown. */
  knownUntil: number;
}

/** `fits`: the posts fit at their time. `from`: the first time at which they do; null if none is known. */
export type Fit = { fits: true } | { fits: false; from: number | null };

/**
 * Checks whether new posts fit into a platform's limit at their time: no window of the limit's length that contains them, wherever it
 * starts, may hold more than the limit. If they do not fit, returns the first time at which they do. Pure.
 */
export function firstFit(question: FitQuestion): Fit {
  const { rate, want, adding, knownUntil } = question;
  const length = rate.seconds * 1000;
  if (adding > rate.count) return { fits: false, from: null };
  const taken = projectPlan(question);
  let at = want;
  for (;;) {
    const end = fullUntil(taken, at, length, rate.count - adding);
    if (end === null) return at === want ? { fits: true } : { fits: false, from: at };
    if (end > knownUntil) return { fits: false, from: null };
    at = end;
  }
}

/** Projects when sent and planned posts are actually published, in order. Posts over the limit wait until the window has moved on. */
export function projectPlan({ rate, gone, planned, quota }: FitQuestion): Moment[] {
  const length = rate.seconds * 1000;
  const placed: Moment[] = [];
  const opened = quota ? quota.resetsAt - length : null;
  const byTime = (a: Moment, b: Moment) => a.at - b.at;
  let inWindow = 0;
  for (const moment of [...gone].sort(byTime)) {
    if (opened !== null && moment.at >= opened) inWindow += moment.posts;
    else if (moment.posts > 0) placed.push({ ...moment });
  }
  // The publisher counts an open window as a whole: its quota is restored when it ends.
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

/** Returns the end of the last window around `at` that holds more than `most` posts, or null if there is none. */
function fullUntil(taken: readonly Moment[], at: number, length: number, most: number): number | null {
  const near = taken.filter((m) => m.at > at - length && m.at < at + length);
  let end: number | null = null;
  let next = 0;
  let inside = 0;
  // A fullest window starts at one of its posts. The last window around `at` starts at `at` itself.
  const starts = [...near.filter((m) => m.at <= at), { at, posts: 0 }];
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i]?.at ?? at;
    for (let m = near[next]; m && m.at < start + length; m = near[next]) {
      inside += m.posts;
      next++;
    }
    if (inside > most) end = start + length;
    // The window's first post drops out when the next one starts.
    inside -= starts[i]?.posts ?? 0;
  }
  return end;
}
