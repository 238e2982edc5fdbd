import { createHash } from 'node:crypto';
import type { publications } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import { type Content, contentKey } from '../publications/content';

/** One that waits, with the words and pictures that its decision shows: of a repost those of its post. */
export type Shown = Pick<
  typeof publications.$inferSelect,
  | 'id'
  | 'connectionId'
  | 'link'
  | 'parts'
  | 'media'
  | 'dueAt'
  | 'localTime'
  | 'timeZone'
  | 'state'
  | 'setAsideFrom'
> & { text: string | Fact };

/** A series that waits: when it goes out, and what it says on each account. */
export interface ShownRepeat {
  id: string;
  rule: Fact;
  texts: readonly (Content & { connectionId: string })[];
}

/** Whether a decision is about it: it waits for that, or a stop took it back while it did and it comes back as decided. */
export const isDecidedAbout = ({ state, setAsideFrom }: Pick<Shown, 'state' | 'setAsideFrom'>): boolean =>
  state === 'awaiting_approval' || (state === 'cancelled' && setAsideFrom === 'awaiting_approval');

/**
 * Says in a few letters what waits for a decision: where each goes out, when, with which words, links and pictures, and the same
 * of what repeats. A decision names what
 * was shown to whoever took it; when something else waits by then, it decides nothing. The order does not matter.
 */
export function fingerprintOf(publications: readonly Shown[], repeats: readonly ShownRepeat[]): string {
  const waiting = publications
    .filter(isDecidedAbout)
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
  const repeated = repeats
    .map(({ id, rule, texts }) =>
      JSON.stringify([id, rule, texts.map((text) => [text.connectionId, contentKey(text)]).sort()]),
    )
    .sort();
  return createHash('sha256')
    .update(JSON.stringify([waiting, repeated]))
    .digest('base64url')
    .slice(0, 22);
}
