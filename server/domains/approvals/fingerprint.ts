import { createHash } from 'node:crypto';
import type { publications } from '@/db/schema';

/** One that waits, with the words and pictures that its decision shows: of a repost those of its post. */
export type Shown = Pick<
  typeof publications.$inferSelect,
  'id' | 'connectionId' | 'text' | 'link' | 'parts' | 'media' | 'dueAt' | 'localTime' | 'timeZone' | 'state'
>;

/**
 * Says in a few letters what waits for a decision: where each goes out, when, with which words, links and pictures. A decision names what
 * was shown to whoever took it; when something else waits by then, it decides nothing. The order does not matter.
 */
export function fingerprintOf(publications: readonly Shown[]): string {
  const waiting = publications
    .filter(({ state }) => state === 'awaiting_approval')
    .map(({ id, connectionId, text, link, parts, media, dueAt, localTime, timeZone }) =>
      JSON.stringify([
        id,
        connectionId,
        dueAt,
        localTime,
        timeZone,
        text,
        link,
        parts.map((part) => [part.text, part.link ?? null]),
        media.map((one) => [one.fileId, one.alt]),
      ]),
    )
    .sort();
  return createHash('sha256').update(JSON.stringify(waiting)).digest('base64url').slice(0, 22);
}
