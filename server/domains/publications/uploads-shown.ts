import { sql } from 'drizzle-orm';
import { type MEDIA_STATES, publications } from '@/db/schema';
import type { Fact } from '@/server/foundation/facts';
import type { Publication } from './schemas';

export interface Upload {
  state: (typeof MEDIA_STATES)[number];
  sent: number;
  percent: number | null;
  problem: Fact | null;
  /** When the platform forgets the upload, in milliseconds since 1970; null while it is not there. */
  until: number | null;
}

/** Upload state of the media of a publication, in order; null for a post without media. */
export const uploadsOf = sql<Upload[] | null>`
  case when ${publications.mediaUntil} is not null then (
    select jsonb_agg(jsonb_build_object('state', m.state, 'sent', m.bytes_sent, 'percent', m.percent, 'problem', m.problem,
      'until', extract(epoch from m.expires_at) * 1000) order by m.position)
    from publication_media m where m.publication_id = ${publications.id}
  ) end`;

/**
 * Returns the frozen media of a publication with their upload state. Media that the platform has forgotten, or will have when the post goes
 * out, counts as missing because it is uploaded again. Media that goes out with the post has no upload.
 */
export function mediaShown(
  {
    media,
    mediaAhead,
    state: of,
    dueAt,
  }: Pick<typeof publications.$inferSelect, 'media' | 'mediaAhead' | 'state' | 'dueAt'>,
  uploads: readonly Upload[] | null,
  { now, connected }: { now: Date; connected: boolean },
): Publication['media'] {
  if (!mediaAhead)
    return media.map((one) => ({ ...one, state: 'with_post', part: null, problem: null, reconnect: false }));
  const waits = of === 'scheduled' || of === 'queued';
  const needed = Math.max(dueAt.getTime(), now.getTime());
  return media.map((one, i) => {
    const upload = uploads?.[i];
    const ends = upload?.until ?? null;
    const forgotten = waits && upload?.state === 'ready' && ends !== null && ends < needed;
    const state = forgotten ? 'waiting' : (upload?.state ?? 'waiting');
    return {
      ...one,
      state,
      part:
        state === 'uploading'
          ? Math.floor((100 * (upload?.sent ?? 0)) / Math.max(1, one.bytes))
          : state === 'processing'
            ? (upload?.percent ?? null)
            : null,
      problem: upload?.problem ?? null,
      reconnect: waits && !connected && state !== 'ready' && state !== 'failed',
    };
  });
}
