import { sql } from 'drizzle-orm';
import { type MEDIA_STATES, type Media, publications } from '@/db/schema';
import type { Publication } from './schemas';

export interface Upload {
  state: (typeof MEDIA_STATES)[number];
  sent: number;
  percent: number | null;
  problem: string | null;
}

/** How far the pictures of a publication are, in their order; null for a post without any. */
export const uploadsOf = sql<Upload[] | null>`
  case when ${publications.mediaUntil} is not null then (
    select jsonb_agg(jsonb_build_object('state', m.state, 'sent', m.bytes_sent, 'percent', m.percent, 'problem', m.problem)
      order by m.position)
    from publication_media m where m.publication_id = ${publications.id}
  ) end`;

/** The frozen pictures, each with how far it is. */
export function mediaShown(media: readonly Media[], uploads: readonly Upload[] | null): Publication['media'] {
  return media.map((one, i) => {
    const upload = uploads?.[i];
    const state = upload?.state ?? 'waiting';
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
    };
  });
}
