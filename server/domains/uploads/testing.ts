import { createHash } from 'node:crypto';
import { eq, inArray } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { files, PUBLICATION_LISTS, publications } from '@/db/schema';
import type { ManualClock } from '@/server/foundation/clock';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { claimDue } from '../due/claim-due';
import { saveMedia } from '../files/save-media';
import { inPieces } from '../files/testing';
import { schedulePublications } from '../planning/schedule-publications';
import { createPost } from '../posts/create-post';
import type { Publication } from '../publications/schemas';
import { lookUpPublication } from '../publisher/look-up-publication';
import { publishDue } from '../publisher/publish-due';
import { recoverStuck } from '../publisher/recover-stuck';
import { dueMedia } from './due-media';
import { giveUpOnMedia } from './give-up';
import { LONGEST_SLEEP_MS } from './policy';
import { uploadMedia } from './upload-media';

/** Stores a file as if uploaded, for tests. */
export const addMedia = async (ctx: Ctx, bytes: Uint8Array, name = 'file'): Promise<string> =>
  (await saveMedia({ ctx, input: { name, content: inPieces(bytes) } })).id;

/** Inserts the row of a picture without its bytes, for tests that upload nothing. */
export async function pictureRow(db: Db, ctx: Ctx): Promise<string> {
  const id = newId('file');
  await db.asSystem((tx) =>
    tx.insert(files).values({
      id,
      workspaceId: ctx.workspaceId,
      name: 'a.png',
      mime: 'image/png',
      bytes: 100,
      sha256: createHash('sha256').update(id).digest('hex'),
      storageKey: `${ctx.workspaceId}/${id}`,
      kind: 'picture',
      width: 4,
      height: 3,
    }),
  );
  return id;
}

/** Rethrows every error except that of a process ended by a test. */
function onlyEnded(error: unknown): void {
  if (!(error instanceof Error && error.message.startsWith('ended at'))) throw error;
}

/** Sleeping runs and when they wake up. */
const asleep = new Map<string, number>();

let keys = 0;
/** Schedules a post with these files, now or at a local time. */
export async function schedulePictured(
  ctx: Ctx,
  {
    connectionIds,
    platforms = ['x'],
    media,
    text = `With a picture ${++keys}`,
    local,
  }: {
    connectionIds: readonly string[];
    platforms?: readonly string[];
    media: readonly { fileId: string; alt?: string }[];
    text?: string;
    local?: string;
  },
): Promise<Publication[]> {
  const post = await createPost(ctx, {
    title: text || 'A picture',
    variants: platforms.map((platform) => ({
      platform,
      text,
      media: media.map(({ fileId, alt = '' }) => ({ fileId, alt })),
    })),
  });
  return schedulePublications(ctx, {
    postId: post.id,
    version: post.version,
    targets: connectionIds.map((connectionId) => ({ connectionId })),
    when: local ? { kind: 'at', local } : { kind: 'now' },
    requestKey: `pictured-${++keys}-000`,
  });
}

/**
 * Runs rounds of background work: upload, claim, send, give up, recover, look up. A step that throws counts as a crashed process; the
 * others continue.
 */
export async function work(
  db: Db,
  ctx: Ctx,
  clock: ManualClock,
  {
    turns = 12,
    seconds = 5,
    ending = onlyEnded,
  }: { turns?: number; seconds?: number; ending?: (error: unknown) => void } = {},
): Promise<void> {
  const alone = async (what: () => Promise<unknown>) => {
    try {
      await what();
    } catch (error) {
      ending(error);
    }
  };
  for (let i = 0; i < turns; i++) {
    await alone(async () => {
      const now = clock.now().getTime();
      // Runs that slept until now, and uploads that the sweep finds.
      const awake = [...asleep].filter(([, at]) => at <= now).map(([id]) => id);
      const found = (await dueMedia({ db, clock })).map((d) => d.publicationId);
      for (const publicationId of new Set([...awake, ...found])) {
        asleep.delete(publicationId);
        await alone(async () => {
          const { waitMs } = await uploadMedia({ ctx, input: { publicationId } });
          if (waitMs !== null && waitMs <= LONGEST_SLEEP_MS)
            asleep.set(publicationId, clock.now().getTime() + waitMs);
        });
      }
    });
    await alone(() => giveUpOnMedia({ db, clock, ctxOf: async () => ctx }));
    await alone(() => claimDue({ db, clock }));
    const lanes = await db.asSystem((tx) =>
      tx
        .selectDistinct({ id: publications.connectionId })
        .from(publications)
        .where(eq(publications.state, 'queued')),
    );
    for (const { id } of lanes) await alone(() => publishDue({ ctx, input: { connectionId: id } }));
    await alone(async () => {
      for (const input of (await recoverStuck({ db, clock })).lookUps)
        await alone(() => lookUpPublication({ ctx, input }));
    });
    clock.advance(seconds * 1000);
    const open = await db.asSystem((tx) =>
      tx.$count(publications, inArray(publications.state, PUBLICATION_LISTS.lane)),
    );
    if (open === 0) return;
  }
}
