import { eq } from 'drizzle-orm';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Db } from '@/db/client';
import { connections } from '@/db/schema';
import { resetLimits } from '@/server/connectors/host/throttle';
import { isConnectorFault, type MediaKind, type UploadOutput } from '@/server/connectors/kit/types';
import { env } from '@/server/foundation/env';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { media as uploads } from '@/server/sandbox/schema';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { sampleMp4, samplePng } from '../files/testing';
import { callPlatform } from './call-platform';
import { setTransport } from './load-target';
import { connectSandbox, sendToHandler } from './testing';

let db: Db;
let world: World;
let sandbox: SandboxHandler;
const connected: Record<string, string> = {};

beforeAll(async () => {
  process.env.TRIBUTARY_SANDBOX = '1';
  db = await freshDb();
  world = await createWorld(db, { plan: 'agency' });
  sandbox = sandboxHandler({
    db,
    clock: world.clock,
    publicUrl: `${env().appUrl}/sandbox`,
    appUrl: env().appUrl,
    internalAppUrl: env().appUrl,
    sleep: async () => {},
  });
  sendToHandler(sandbox, undefined, world.clock);
  for (const [platform, account] of [
    ['x', 'mira_draws'],
    ['facebook', 'mira.okafor'],
  ] as const)
    connected[platform] =
      (await connectSandbox(sandbox, world.ctx, platform, account)).connectionIds[0] ?? '';
}, 120_000);
afterAll(async () => {
  setTransport(undefined);
  await db.close();
});
afterEach(async () => {
  await sandbox.world.faults.clear();
  resetLimits();
});

const film = sampleMp4({ seconds: 3, width: 640, height: 360, padding: 2_200_000 });
const FILES: Record<'picture' | 'video', { mime: string; bytes: Buffer }> = {
  picture: { mime: 'image/png', bytes: Buffer.from(samplePng(4, 4)) },
  video: { mime: 'video/mp4', bytes: Buffer.from(film) },
};

/** Uploads a file completely. Temporary faults are retried like in the real upload run; restarts are counted. */
async function upload(platform: string, kind: 'picture' | 'video', alt = '') {
  const { mime, bytes } = FILES[kind];
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  let progress: unknown = null;
  let restarts = 0;
  for (let i = 0; i < 60; i++) {
    const input = { kind: kind as MediaKind, name: 'file', mime, bytes: bytes.length, alt, progress, read };
    const connectionId = connected[platform] ?? '';
    const step = await callPlatform({ ctx: world.ctx, connectionId, capability: 'upload', input }).catch(
      (error: unknown): UploadOutput | null => {
        if (!isConnectorFault(error) || !['transient', 'rate_limited'].includes(error.kind)) throw error;
        return null;
      },
    );
    world.clock.advance(61_000);
    resetLimits();
    if (step === null) continue;
    if (step.state === 'ready' || step.state === 'failed') return { step, restarts };
    if (step.state === 'again') restarts++;
    progress = step.state === 'again' ? null : step.progress;
  }
  throw new Error('The upload did not finish');
}

const KINDS = ['429', '500_before', '500_after', 'reset_after', 'nonsense'] as const;

test.each([
  ['facebook', 'picture', 'fbPhoto', 1],
  ['facebook', 'video', 'fbVideo', 3],
  ['x', 'picture', 'initializeMediaUpload', 1],
  ['x', 'video', 'appendMediaUpload', 2],
  ['x', 'picture', 'finalizeMediaUpload', 1],
  ['x', 'picture', 'createMediaMetadata', 1],
] as const)(
  '%s, %s: recovers from a fault at any call of %s without sending anything twice',
  async (platform, kind, operation, passes) => {
    for (let pass = 0; pass < passes; pass++)
      // Later calls only add the case of resuming in the middle.
      for (const fault of pass === 0 ? KINDS : (['500_before', 'reset_after'] as const)) {
        // The fault is added just before the call it should hit, so that earlier calls succeed.
        let left = pass;
        const book = sandbox.world.faults;
        const strike = book.strike.bind(book);
        book.strike = async (on, what) => {
          if (what === operation && left-- === 0)
            await book.add({ platform: on, operation, kind: fault, count: 1 });
          return strike(on, what);
        };
        const before = await sandbox.world.db.$count(uploads);
        try {
          const { step, restarts } = await upload(platform, kind, kind === 'picture' ? 'A dot' : '');
          expect([fault, pass, step.state, restarts]).toEqual([fault, pass, 'ready', 0]);
        } finally {
          book.strike = strike;
          await book.clear();
        }
        // Only an initialization whose response was lost leaves an unused upload behind.
        const begun = (await sandbox.world.db.$count(uploads)) - before;
        const began = pass === 0 && ['fbPhoto', 'fbVideo', 'initializeMediaUpload'].includes(operation);
        const unseen = ['500_after', 'reset_after', 'nonsense'].includes(fault);
        expect([fault, pass, begun]).toEqual([fault, pass, began && unseen ? 2 : 1]);
      }
  },
  300_000,
);

test.each([
  ['x', 'picture', 'finalizeMediaUpload', /could not read this picture/],
  ['x', 'video', 'finalizeMediaUpload', /could not process this video/],
  ['facebook', 'picture', 'fbPhoto', /could not read this picture/],
] as const)('%s: a rejected %s fails immediately', async (platform, kind, operation, words) => {
  await sandbox.world.faults.add({ platform, operation, kind: 'processing_fails', count: 1 });
  const { step, restarts } = await upload(platform, kind);
  expect(step).toEqual({ state: 'failed', problem: expect.toSay(words) });
  expect(restarts).toBe(0);
});

test('an upload detects an ended connection; a missing upload permission leaves it active for texts', async () => {
  const statusOf = async (platform: string) => {
    const [row] = await db.asSystem((tx) =>
      tx
        .select()
        .from(connections)
        .where(eq(connections.id, connected[platform] ?? '')),
    );
    return row?.status;
  };
  await sandbox.world.db.execute(
    `update tributary_sandbox.tokens set scopes = replace(scopes, 'pages_manage_posts', '') where kind = 'page'`,
  );
  await expect(upload('facebook', 'picture')).rejects.toMatchObject({ kind: 'reauth' });
  expect(await statusOf('facebook')).toBe('active');
  await sandbox.world.tokens.revoke(sandbox.world.db, { platform: 'facebook' }, world.clock.now());
  await expect(upload('facebook', 'video')).rejects.toMatchObject({ kind: 'reauth' });
  expect(await statusOf('facebook')).toBe('needs_reconnect');
});
