import type { publications } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import { optionsKey } from '@/server/foundation/option-values';
import { shortHash } from '@/server/foundation/short-hash';
import { type Content, contentKey } from '../publications/content';

/** A pending publication with the texts and media shown to the approver. For a repost, these are those of its post. */
export type FingerprintedPublication = Pick<
  typeof publications.$inferSelect,
  | 'id'
  | 'connectionId'
  | 'link'
  | 'parts'
  | 'media'
  | 'options'
  | 'dueAt'
  | 'localTime'
  | 'timeZone'
  | 'state'
  | 'setAsideFrom'
> & { text: string | Fact };

/** A series awaiting approval: its schedule and its text for each account. */
export interface FingerprintedSeries {
  id: string;
  rule: Fact;
  texts: readonly (Content & { connectionId: string })[];
}

/**
 * Whether an approval covers a publication: it is awaiting approval, or a stop cancelled it while it was, and undoing the stop applies the
 * decision.
 */
export const isCoveredByApproval = ({
  state,
  setAsideFrom,
}: Pick<FingerprintedPublication, 'state' | 'setAsideFrom'>): boolean =>
  state === 'awaiting_approval' || (state === 'cancelled' && setAsideFrom === 'awaiting_approval');

/**
 * Fingerprint of what an approval covers: accounts, times, texts, links, media and options of its pending publications, and the same for its series.
 * A decision must name the fingerprint that the approver saw; it is refused if the fingerprint has changed since. The order does not
 * matter.
 */
export function fingerprintOf(
  publications: readonly FingerprintedPublication[],
  repeats: readonly FingerprintedSeries[],
): string {
  const waiting = publications
    .filter(isCoveredByApproval)
    .map(({ id, connectionId, text, link, parts, media, options, dueAt, localTime, timeZone }) =>
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
        optionsKey(options),
      ]),
    )
    .sort();
  const repeated = repeats
    .map(({ id, rule, texts }) =>
      JSON.stringify([id, rule, texts.map((text) => [text.connectionId, contentKey(text)]).sort()]),
    )
    .sort();
  return shortHash(JSON.stringify([waiting, repeated]));
}
