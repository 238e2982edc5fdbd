import { createHash } from 'node:crypto';
import type { publications } from '@/db/schema';

type Shown = Pick<
  typeof publications.$inferSelect,
  'id' | 'connectionId' | 'text' | 'link' | 'parts' | 'media' | 'dueAt' | 'state' | 'setAsideFrom'
>;

/** Whether a decision is about it: it waits for that, or a stop took it back while it did and it comes back as decided. */
export const isDecidedAbout = ({ state, setAsideFrom }: Pick<Shown, 'state' | 'setAsideFrom'>): boolean =>
  state === 'awaiting_approval' || (state === 'cancelled' && setAsideFrom === 'awaiting_approval');

/**
 * Says in a few letters what waits for a decision: where each goes out, when, with which words, links and pictures. A decision names what
 * was shown to whoever took it; when something else waits by then, it decides nothing. The order does not matter.
 */
export function fingerprintOf(publications: readonly Shown[]): string {
  const waiting = publications
    .filter(isDecidedAbout)
    .map(({ id, connectionId, text, link, parts, media, dueAt }) =>
      JSON.stringify([
        id,
        connectionId,
        dueAt,
        text,
        link,
        parts.map((part) => [part.text, part.link ?? null]),
        media.map((one) => [one.fileId, one.alt]),
      ]),
    )
    .sort();
  return createHash('sha256').update(JSON.stringify(waiting)).digest('base64url').slice(0, 22);
}
