import { and, eq, like } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { alerts, connections, publicationMedia, publications } from '@/db/schema';
import { ConnectorFault, type UploadOutput } from '@/server/connectors/kit/types';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { uploading } from '@/tests/support/platforms';
import { createWorld, type World } from '@/tests/support/world';
import { createSeries } from '../planning/create-series';
import { endSeries } from '../planning/end-series';
import { schedulePublications } from '../planning/schedule-publications';
import { topUpSeries } from '../planning/top-up-series';
import { removePost } from '../post-edits/remove-post';
import { startPosting } from '../posting-control/start-posting';
import { stopPosting } from '../posting-control/stop-posting';
import { undoStop } from '../posting-control/undo-stop';
import { createPost } from '../posts/create-post';
import { retryPublication } from '../publication-recovery/retry-publication';
import { cancelPublication } from '../publications/cancel-publication';
import { mediaKey } from '../publications/media-key';
import { getPublication } from '../publications/queries';
import { addConnection, FakePlatform, setReview } from '../publisher/testing';
import { dueMedia } from './due-media';
import { giveUpOnMedia } from './give-up';
import { pictureRow } from './testing';
import { uploadMedia } from './upload-media';

let db: Db;
let world: World;
let connectionId: string;
const platform = new FakePlatform();
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());
beforeEach(async () => {
  await db.asSystem((tx) => tx.update(publications).set({ state: 'cancelled' }));
  world = await createWorld(db, { plan: 'agency', timeZone: 'UTC' });
  await setReview(db, world.ctx, 'post_at_once');
  connectionId = await addConnection(db, world.ctx);
});

let keys = 0;
const write = async () =>
  createPost(world.ctx, {
    title: 'A fox',
    variants: [
      { platform: 'x', text: '', media: [{ fileId: await pictureRow(db, world.ctx), alt: 'A fox' }] },
    ],
  });
async function schedule(local?: string): Promise<string> {
  const post = await write();
  const [publication] = await schedulePublications(
    { ...world.ctx, platforms: platform },
    {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      when: local ? { kind: 'at', local } : { kind: 'now' },
      requestKey: `ends-${++keys}-000`,
    },
  );
  return publication?.id ?? '';
}
const state = (id: string) => getPublication(world.ctx, { id });
/** Keys of the unresolved alerts about publications. */
const openAlerts = async () =>
  (
    await db.asSystem((tx) =>
      tx
        .select({ key: alerts.key })
        .from(alerts)
        .where(
          and(
            eq(alerts.workspaceId, world.workspaceId),
            eq(alerts.resolved, false),
            like(alerts.key, '%pub%'),
          ),
        ),
    )
  ).map((a) => a.key);
/** A platform that gives this response and counts the requests. */
function answers(answer: () => UploadOutput) {
  const port = {
    requests: 0,
    async upload() {
      port.requests++;
      return answer();
    },
  };
  return port;
}
const refuses = () => answers(() => ({ state: 'failed', problem: plain('It cannot be read.') }));
/** Runs the uploads' part of the background work. Returns the number of posts given up. */
async function live(minutes: number, port: ReturnType<typeof answers>): Promise<number> {
  let givenUp = 0;
  for (let i = 0; i < minutes; i++) {
    for (const { publicationId } of await dueMedia({ db, clock: world.clock }))
      await uploadMedia({
        ctx: { ...world.ctx, platforms: uploading(() => port.upload()) },
        input: { publicationId },
      });
    givenUp += await giveUpOnMedia({ db, clock: world.clock, ctxOf: async () => world.ctx });
    world.clock.advance(60_000);
  }
  return givenUp;
}
const kept = (ms: number) =>
  answers(() => ({ state: 'ready', remoteId: '1', expiresAt: new Date(world.clock.now().getTime() + ms) }));

test('a post is given up if the platform forgets its media immediately, and its lane continues', async () => {
  const id = await schedule();
  const port = kept(60_000);
  expect(await live(40, port)).toBe(1);
  expect(port.requests).toBeLessThan(6);
  expect(await state(id)).toMatchObject({ state: 'failed', attempts: 0 });
  // A retry gets the full time.
  const { version } = await state(id);
  await retryPublication(world.ctx, { id, version });
  expect(await live(15, port)).toBe(0);
  expect(await live(30, port)).toBe(1);
});

const endless = () =>
  answers(() => ({ state: 'processing', progress: {}, percent: null, checkAfterSeconds: 20 }));

test('unattended time of an upload does not count, but time that its platform takes does', async () => {
  const id = await schedule();
  expect(await live(5, endless())).toBe(0);
  // The machine was off, or posting was on hold.
  world.clock.advance(3_600_000);
  const ctxOf = async () => world.ctx;
  expect(await giveUpOnMedia({ db, clock: world.clock, ctxOf })).toBe(0);
  expect(await live(10, endless())).toBe(0);
  expect(await live(1, kept(12 * 3_600_000))).toBe(0);
  expect((await state(id)).media[0]?.state).toBe('ready');

  const never = await schedule();
  expect(await live(5, endless())).toBe(0);
  world.clock.advance(3_600_000);
  expect(await live(20, endless())).toBe(1);
  expect((await state(never)).state).toBe('failed');
});

test('media that was forgotten after a long wait of its lane is uploaded again and not given up', async () => {
  const id = await schedule();
  const port = kept(12 * 3_600_000);
  expect(await live(2, port)).toBe(0);
  expect((await state(id)).media[0]?.state).toBe('ready');
  world.clock.advance(13 * 3_600_000);
  expect((await state(id)).media[0]?.state).toBe('waiting');
  expect(await live(25, port)).toBe(0);
  expect(await state(id)).toMatchObject({ state: 'scheduled', media: [{ state: 'ready' }] });
  expect(port.requests).toBe(2);
});

test('an upload that the platform keeps losing is retried a few times, then a user is notified', async () => {
  const id = await schedule('2026-03-02T10:14');
  const port = answers(() => ({ state: 'again' }));
  await live(13, port);
  expect(port.requests).toBe(6);
  expect((await state(id)).media[0]).toMatchObject({
    state: 'failed',
    problem: 'X lost the upload several times.',
  });
  expect(await openAlerts()).toEqual([mediaKey(id)]);
});

test('an upload whose account has to be reconnected says so, and continues once it is', async () => {
  const id = await schedule('2026-03-02T10:14');
  const port = answers(() => {
    throw new ConnectorFault('reauth', plain('X needs you to sign in again.'));
  });
  const set = (status: 'active' | 'needs_reconnect') =>
    db.asSystem((tx) => tx.update(connections).set({ status }).where(eq(connections.id, connectionId)));
  await live(1, port);
  await set('needs_reconnect');
  expect((await state(id)).media[0]).toMatchObject({
    reconnect: true,
    problem: 'X needs you to sign in again.',
  });
  await set('active');
  await live(3, kept(12 * 3_600_000));
  expect((await state(id)).media[0]).toMatchObject({ state: 'ready', reconnect: false });
  expect(await openAlerts()).toEqual([]);
});

test('alerts about media are resolved when the post is cancelled, given up or removed', async () => {
  const cancelled = await schedule('2026-03-02T10:14');
  await live(1, refuses());
  expect(await openAlerts()).toEqual([mediaKey(cancelled)]);
  await cancelPublication(world.ctx, { id: cancelled, version: 1 });
  expect(await openAlerts()).toEqual([]);
  const failed = await schedule();
  await live(2, refuses());
  // The alert that the post did not go out replaces the one about its media.
  expect(await openAlerts()).toEqual([`publication:${failed}:failed`]);
  await removePost(world.ctx, { id: (await state(failed)).postId });
  expect(await openAlerts()).toEqual([]);
});

test('clearing the queue resolves the alert, and restoring the queue retries the upload', async () => {
  const id = await schedule('2026-03-02T10:14');
  await live(1, refuses());
  const { stop } = await stopPosting(world.ctx);
  expect(await openAlerts()).toEqual([]);
  await undoStop(world.ctx, { id: stop?.id ?? '' });
  await startPosting(world.ctx);
  expect((await state(id)).media[0]).toMatchObject({ state: 'waiting', problem: null });
  await live(1, kept(12 * 3_600_000));
  expect((await state(id)).media[0]?.state).toBe('ready');
});

test('every occurrence of a repeated post has its media, including later ones, and ending the series resolves the alerts', async () => {
  const post = await write();
  const { id } = await createSeries(
    { ...world.ctx, platforms: platform },
    {
      postId: post.id,
      version: 1,
      targets: [{ connectionId }],
      unit: 'week',
      every: 1,
      weekdays: [1],
      startDay: '2026-03-02',
      time: '10:10',
      ends: { kind: 'never' },
      requestKey: 'series-pictured',
    },
  );
  const rows = () =>
    db.asSystem((tx) =>
      tx
        .select({ media: publications.media, upload: publicationMedia.state })
        .from(publications)
        .leftJoin(publicationMedia, eq(publicationMedia.publicationId, publications.id))
        .where(eq(publications.workspaceId, world.workspaceId)),
    );
  const before = (await rows()).length;
  world.clock.advance(7 * 86_400_000);
  expect(await topUpSeries({ ctx: { ...world.ctx, platforms: platform } })).toEqual({ made: 1 });
  const all = await rows();
  expect(all).toHaveLength(before + 1);
  for (const row of all)
    expect(row).toMatchObject({ media: [{ alt: 'A fox', kind: 'picture' }], upload: 'waiting' });
  await live(1, refuses());
  expect(await openAlerts()).not.toEqual([]);
  await endSeries(world.ctx, { id, version: 1, scope: { kind: 'all' } });
  // The first occurrence was due a week ago and has failed, so the alert about that stays.
  expect((await openAlerts()).filter((key) => key.startsWith('media:'))).toEqual([]);
});
