import { DAY_MS } from '@/server/foundation/durations';

/**
 * Platforms that refuse or punish the same text said again by one account, with the days for which this app does not repeat a text
 * there. X's rules forbid duplicate posts (https://help.x.com/en/rules-and-policies/x-automation) and name no number of days: half a year is our own.
 */
export const SAME_TEXT_DAYS: Readonly<Record<string, number>> = { x: 180 };

/** The days for which one text is not said again on a platform: the post's own gap, or the platform's where that is longer. */
export const sameTextDays = (platform: string, gapDays: number): number =>
  Math.max(gapDays, SAME_TEXT_DAYS[platform] ?? 0);

/** A text as a reader sees it: neither case nor white space makes it another. */
export const plainText = (text: string): string => text.trim().replace(/\s+/g, ' ').toLowerCase();

/** What was published: the words, and the files of what they were shown with, in order. */
export interface SentText {
  text: string;
  files: readonly string[];
}
export interface Use extends SentText {
  at: Date;
}

/** Whether a reader sees the same post: the same words with the same pictures. A post without words is its pictures. */
export const sameSentText = (a: SentText, b: SentText): boolean =>
  plainText(a.text) === plainText(b.text) && a.files.join() === b.files.join();

/** Whether a post may go out at `at`, given the times that it had on the account. */
export const isGapOver = (at: Date, uses: readonly Use[], gapDays: number): boolean =>
  uses.every((use) => Math.abs(at.getTime() - use.at.getTime()) >= gapDays * DAY_MS);

/**
 * The wording to use at `at`: one that was not said within the days for which a text is not repeated; of those, one that was never
 * used, else the one used longest ago. Null when all of them are too fresh. Every wording goes out with the same `files`.
 */
export function chooseWording(
  at: Date,
  wordings: readonly string[],
  files: readonly string[],
  uses: readonly Use[],
  platform: string,
  gapDays: number,
): string | null {
  const apart = sameTextDays(platform, gapDays) * DAY_MS;
  let best: { text: string; last: number } | null = null;
  for (const text of wordings) {
    const times = uses.filter((use) => sameSentText(use, { text, files })).map((use) => use.at.getTime());
    if (times.some((time) => Math.abs(at.getTime() - time) < apart)) continue;
    const last = Math.max(Number.NEGATIVE_INFINITY, ...times);
    if (!best || last < best.last) best = { text, last };
  }
  return best?.text ?? null;
}
