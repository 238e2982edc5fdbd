import { isPlatformId, platformFace } from '@/server/connectors/faces';
import { DAY_MS } from '@/server/foundation/durations';

/** Returns the number of days in which a text is not repeated on a platform: the post's gap or the platform's, whichever is longer. */
export const sameTextDays = (platform: string, gapDays: number): number =>
  Math.max(gapDays, isPlatformId(platform) ? (platformFace(platform).post?.sameTextDays ?? 0) : 0);

/** Normalizes a text for comparison: case, composition (NFC) and white space do not matter to a reader. */
export const plainText = (text: string): string =>
  text.trim().replace(/\s+/g, ' ').normalize('NFC').toLowerCase();

/**
 * Returns the ASCII letters and digits of a text, equal for texts whose `plainText` is equal. `asciiOf` in fill-evergreen.ts computes the
 * same in the database, where the case of other letters depends on its locale.
 */
export const asciiText = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/[^a-zA-Z0-9]+/g, '')
    .toLowerCase();

/** The published content: the text, and the files of its media in order. */
export interface SentText {
  text: string;
  files: readonly string[];
}
export interface Use extends SentText {
  at: Date;
}

/** Whether a reader sees the same post: the same text with the same media. A post without text is compared by its media. */
export const sameSentText = (a: SentText, b: SentText): boolean =>
  plainText(a.text) === plainText(b.text) && a.files.join() === b.files.join();

/** Whether a post can be published at `at`, given its other times on the account. */
export const isGapOver = (at: Date, uses: readonly Use[], gapDays: number): boolean =>
  uses.every((use) => Math.abs(at.getTime() - use.at.getTime()) >= gapDays * DAY_MS);

/**
 * Chooses the wording to use at `at` among those not used within the no-repeat days: one that was never used, otherwise the one used
 * longest ago. Returns null if all of them are too recent. Every wording is published with the same `files`.
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
