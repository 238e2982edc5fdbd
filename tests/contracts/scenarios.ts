import { eq } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { openDb } from '@/db/client';
import { resetLimits } from '@/server/connectors/host/throttle';
import { collectBody, type Transport } from '@/server/connectors/host/transport';
import { isConnectorFault, type MediaKind, type RemoteMedia } from '@/server/connectors/kit/types';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { disconnect } from '@/server/domains/connections/disconnect';
import { setTransport } from '@/server/domains/connections/load-target';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import { sampleGif, sampleJpeg, sampleMp4, samplePng } from '@/server/domains/files/testing';
import { env } from '@/server/foundation/env';
import { inEnglish } from '@/server/foundation/facts';
import { money } from '@/server/foundation/money';
import { recordSale, refund } from '@/server/sandbox/etsy/sales';
import { etsyListings } from '@/server/sandbox/etsy/tables';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { createWorld, type World } from '../support/world';
import { type Delivery, stripe } from './stripe-scenario';
import type { Exchange } from './validate';

/** Records every operation of every connector against the sandbox in this process. */
export async function record(): Promise<{ exchanges: Exchange[]; deliveries: Delivery[] }> {
  const exchanges: Exchange[] = [];
  const deliveries: Delivery[] = [];
  process.env.TRIBUTARY_SANDBOX = '1';
  const db = await openDb({ dataDir: 'memory://' });
  try {
    await db.migrate();
    const world = await createWorld(db, { plan: 'pro' });
    const handler = sandboxHandler({
      db,
      clock: world.clock,
      publicUrl: `${env().appUrl}/sandbox`,
      appUrl: env().appUrl,
      internalAppUrl: env().appUrl,
      sleep: async () => {},
      fetch: async (_url, init) => {
        deliveries.push({
          headers: Object.fromEntries(new Headers(init?.headers)),
          body: String(init?.body),
        });
        return new Response('ok');
      },
    });
    sendToHandler(handler, (inner) => recorder(inner, exchanges), world.clock);
    await x(handler, world);
    await facebook(handler, world);
    await etsy(handler, world, db);
    await stripe(handler, await createWorld(db, { clock: world.clock }), db, exchanges, deliveries);
  } finally {
    setTransport(undefined);
    await db.close();
  }
  return { exchanges, deliveries };
}

function recorder(inner: Transport, into: Exchange[]): Transport {
  return async (wire) => {
    const url = new URL(wire.url);
    const [, , platform = '', ...after] = url.pathname.split('/');
    const host = after[0] === 'graph-video' ? after[0] : undefined;
    const rest = host ? after.slice(1) : after;
    const body = wire.body === undefined ? undefined : await collectBody(wire.body);
    const response = await inner({ ...wire, body });
    into.push({
      platform,
      method: wire.method,
      path: `/${rest.join('/')}`,
      host,
      query: url.searchParams,
      headers: wire.headers,
      body,
      status: response.status,
      answerType: response.headers['content-type'] ?? '',
      answerHeaders: response.headers,
      answer: response.body,
    });
    return response;
  };
}

type Call = { ctx: World['ctx']; connectionId: string };

/** Expects a refusal, which is part of the contract too; it must be one of the connector's own faults. */
async function refused(work: Promise<unknown>): Promise<void> {
  const error = await work.then(
    () => null,
    (e: unknown) => e,
  );
  if (!isConnectorFault(error)) throw new Error(`Expected a refusal, but got: ${String(error)}`);
}
const later = async (
  handler: SandboxHandler,
  platform: string,
  operation: string,
  kind: '429' | '500_before',
) => {
  resetLimits();
  await handler.world.faults.add({ platform, operation, kind, count: 1 });
};

async function x(handler: SandboxHandler, world: World): Promise<void> {
  const { connectionIds } = await connectSandbox(handler, world.ctx, 'x', 'mira_draws');
  const call = { ctx: world.ctx, connectionId: connectionIds[0] ?? '' };
  const input = { text: 'A line & <another>', link: 'https://example.com/page', idempotencyKey: 'k' };
  const since = new Date(world.clock.now().getTime() - 60_000);
  const lookup = { ...call, capability: 'lookup', input: { ...input, since, exclude: [] } } as const;
  const { remoteId } = await callPlatform({ ...call, capability: 'publish', input });
  for (let i = 0; i < 3; i++)
    await callPlatform({
      ...call,
      capability: 'publish',
      input: { text: `Number ${i}`, idempotencyKey: `${i}` },
    });
  await callPlatform(lookup);
  const reply = { text: 'And a second part', replyTo: remoteId, idempotencyKey: 'r' };
  await callPlatform({ ...call, capability: 'publish', input: reply });
  const found = await callPlatform({
    ...call,
    capability: 'lookup',
    input: { ...reply, since, exclude: [] },
  });
  if (found.found !== 'yes') throw new Error('The look-up did not find the reply');
  await refused(callPlatform({ ...call, capability: 'publish', input: { ...reply, replyTo: '123' } }));
  await refused(callPlatform({ ...call, capability: 'publish', input }));
  await refused(callPlatform({ ...call, capability: 'publish', input: { ...input, text: 'x'.repeat(400) } }));
  await callPlatform({ ...call, capability: 'engagement', input: { remoteIds: [remoteId, '123'] } });
  await xMedia(handler, world, call);
  const repost = { text: '', repostOf: remoteId, idempotencyKey: 'p' };
  for (let i = 0; i < 2; i++) await callPlatform({ ...call, capability: 'publish', input: repost });
  await refused(callPlatform({ ...call, capability: 'publish', input: { ...repost, repostOf: '123' } }));
  await later(handler, 'x', 'getPostsByIds', '429');
  await refused(callPlatform({ ...call, capability: 'engagement', input: { remoteIds: [remoteId] } }));
  resetLimits();
  await callPlatform({ ...call, capability: 'remove', input: { remoteId } });
  await callPlatform({ ...call, capability: 'remove', input: { remoteId: '123' } });
  world.clock.advance(2 * 3_600_000);
  await callPlatform(lookup);
  for (const kind of ['429', '500_before'] as const) {
    await later(handler, 'x', 'createPosts', kind);
    await refused(
      callPlatform({ ...call, capability: 'publish', input: { text: kind, idempotencyKey: kind } }),
    );
  }
  resetLimits();
  world.clock.advance(900_000);
  await checkConnection(world.ctx, { id: call.connectionId });
  await disconnect(world.ctx, { id: call.connectionId });
}

/** Uploads a file completely, however long the platform takes. */
async function upload(
  world: World,
  call: Call,
  kind: MediaKind,
  mime: string,
  bytes: Buffer,
  alt: string,
): Promise<RemoteMedia> {
  const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
  let progress: unknown = null;
  for (let i = 0; i < 60; i++) {
    const input = { kind, name: 'file', mime, bytes: bytes.length, alt, progress, read };
    const step = await callPlatform({ ...call, capability: 'upload', input });
    if (step.state === 'ready') return { remoteId: step.remoteId, kind };
    if (step.state === 'failed') throw new Error(inEnglish(step.problem));
    progress = step.state === 'again' ? null : step.progress;
    if (step.state === 'processing') world.clock.advance(step.checkAfterSeconds * 1000);
  }
  throw new Error('The upload did not complete');
}

async function xMedia(handler: SandboxHandler, world: World, call: Call): Promise<void> {
  const pictures = [
    await upload(world, call, 'picture', 'image/png', samplePng(3, 3), 'A square'),
    await upload(world, call, 'picture', 'image/jpeg', sampleJpeg(4, 4, 3_000_000), ''),
  ];
  const since = new Date(world.clock.now().getTime() - 60_000);
  const input = { text: 'Two pictures', media: pictures, idempotencyKey: 'm' };
  await callPlatform({ ...call, capability: 'publish', input });
  const found = await callPlatform({
    ...call,
    capability: 'lookup',
    input: { ...input, since, exclude: [] },
  });
  if (found.found !== 'yes') throw new Error('The look-up did not find the post with pictures');
  const gif = await upload(world, call, 'gif', 'image/gif', sampleGif(3), 'It blinks');
  await callPlatform({
    ...call,
    capability: 'publish',
    input: { text: '', media: [gif], idempotencyKey: 'g' },
  });
  const film = sampleMp4({ seconds: 3, width: 64, height: 64, padding: 5_000_000 });
  const video = await upload(world, call, 'video', 'video/mp4', film, '');
  await refused(
    callPlatform({
      ...call,
      capability: 'publish',
      input: { text: 'Too much', media: [video, ...pictures], idempotencyKey: 'w' },
    }),
  );
  await refused(
    callPlatform({
      ...call,
      capability: 'publish',
      input: { text: 'Gone', media: [{ remoteId: '123', kind: 'picture' }], idempotencyKey: 'n' },
    }),
  );
  for (const operation of [
    'initializeMediaUpload',
    'appendMediaUpload',
    'finalizeMediaUpload',
    'getMediaUploadStatus',
    'createMediaMetadata',
  ]) {
    await later(handler, 'x', operation, '500_before');
    await refused(upload(world, call, 'gif', 'image/gif', sampleGif(2), 'Alt'));
  }
}

async function facebookMedia(handler: SandboxHandler, world: World, call: Call): Promise<void> {
  const photos = [
    await upload(world, call, 'picture', 'image/png', samplePng(3, 3), 'A square'),
    await upload(world, call, 'picture', 'image/png', samplePng(4, 4), ''),
  ];
  const since = new Date(world.clock.now().getTime() - 60_000);
  const input = { text: 'Two photos', link: 'https://example.com/more', media: photos, idempotencyKey: 'm' };
  await callPlatform({ ...call, capability: 'publish', input });
  const found = await callPlatform({
    ...call,
    capability: 'lookup',
    input: { ...input, since, exclude: [] },
  });
  if (found.found !== 'yes') throw new Error('The look-up did not find the post with photos');
  // A photo that a post has used is not available for another post.
  await refused(callPlatform({ ...call, capability: 'publish', input }));
  const film = sampleMp4({ seconds: 3, width: 64, height: 64, padding: 9_000_000 });
  const video = await upload(world, call, 'video', 'video/mp4', film, '');
  const shown = { text: 'A film', media: [video], idempotencyKey: 'v' };
  const before = await callPlatform({
    ...call,
    capability: 'lookup',
    input: { ...shown, since, exclude: [] },
  });
  if (before.found !== 'absent') throw new Error('The video was published too early');
  await callPlatform({ ...call, capability: 'publish', input: shown });
  const after = await callPlatform({
    ...call,
    capability: 'lookup',
    input: { ...shown, since, exclude: [] },
  });
  if (after.found !== 'yes') throw new Error('The look-up did not find the video');
  for (const operation of ['fbPhoto', 'fbVideo']) {
    await later(handler, 'facebook', operation, '500_before');
    await refused(
      operation === 'fbPhoto'
        ? upload(world, call, 'picture', 'image/png', samplePng(2, 2), '')
        : upload(world, call, 'video', 'video/mp4', film, ''),
    );
  }
}

async function facebook(handler: SandboxHandler, world: World): Promise<void> {
  const mira = ['104857291638475', '109238475610293'];
  const { connectionIds } = await connectSandbox(handler, world.ctx, 'facebook', 'mira.okafor', mira);
  const call = { ctx: world.ctx, connectionId: connectionIds[0] ?? '' };
  const input = { text: 'Hello there', link: 'https://example.com/page', idempotencyKey: 'k' };
  const { remoteId } = await callPlatform({ ...call, capability: 'publish', input });
  await callPlatform({ ...call, capability: 'publish', input: { text: 'No link', idempotencyKey: 'l' } });
  const since = new Date(world.clock.now().getTime() - 60_000);
  await callPlatform({ ...call, capability: 'lookup', input: { ...input, since, exclude: [] } });
  const comment = {
    text: 'A first comment',
    link: 'https://example.com/more',
    replyTo: remoteId,
    idempotencyKey: 'c',
  };
  await callPlatform({ ...call, capability: 'lookup', input: { ...comment, since, exclude: [] } });
  const commented = await callPlatform({ ...call, capability: 'publish', input: comment });
  const found = await callPlatform({
    ...call,
    capability: 'lookup',
    input: { ...comment, since, exclude: [] },
  });
  if (found.found !== 'yes' || found.post.remoteId !== commented.remoteId)
    throw new Error('The look-up did not find the comment');
  await refused(callPlatform({ ...call, capability: 'publish', input: { ...comment, text: '', link: '' } }));
  await refused(callPlatform({ ...call, capability: 'publish', input: { ...comment, replyTo: '1_2' } }));
  await facebookMedia(handler, world, call);
  world.clock.advance(6 * 3_600_000);
  await callPlatform({ ...call, capability: 'engagement', input: { remoteIds: [remoteId] } });
  await callPlatform({ ...call, capability: 'engagement', input: { remoteIds: [remoteId, '1_2'] } });
  await callPlatform({ ...call, capability: 'remove', input: { remoteId } });
  await callPlatform({ ...call, capability: 'remove', input: { remoteId } });
  await checkConnection(world.ctx, { id: call.connectionId });
  await refused(callPlatform({ ...call, capability: 'publish', input: { text: '', idempotencyKey: 'e' } }));
  for (const kind of ['429', '500_before'] as const) {
    await later(handler, 'facebook', 'fbFeed', kind);
    await refused(
      callPlatform({ ...call, capability: 'publish', input: { text: kind, idempotencyKey: kind } }),
    );
  }
  resetLimits();
  // The permission is revoked with the last of the user's Pages.
  for (const id of connectionIds) await disconnect(world.ctx, { id });
}

const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

async function etsy(handler: SandboxHandler, world: World, db: Db): Promise<void> {
  const { connectionIds } = await connectSandbox(handler, world.ctx, 'etsy', 'miraokafor');
  const call = { ctx: world.ctx, connectionId: connectionIds[0] ?? '' };
  const input = {
    title: 'Printable planner',
    description: 'A planner for a week.',
    tags: ['planner', 'printable'],
    price: money(499, 'USD'),
    quantity: 50,
    marker: 'lst-1',
    file: { name: 'planner.pdf', mime: 'application/pdf', bytes: Buffer.from('%PDF-1.4 test') },
    image: { name: 'planner.png', mime: 'image/png', bytes: PNG },
    onDraft: async () => {},
  };
  const { remoteId } = await callPlatform({ ...call, capability: 'list', input });
  await callPlatform({ ...call, capability: 'list', input: { ...input, resume: remoteId } });
  await callPlatform({ ...call, capability: 'setPrice', input: { remoteId, price: money(399, 'USD') } });
  await callPlatform({ ...call, capability: 'readPrice', input: { remoteId } });
  await callPlatform({ ...call, capability: 'views', input: { remoteIds: [remoteId] } });
  const at = world.clock.now();
  const receipts = await db.raw.transaction(async (tx) => {
    const [listing] = await tx
      .select()
      .from(etsyListings)
      .where(eq(etsyListings.id, Number(remoteId)));
    if (!listing) return null;
    const sold = await recordSale(tx, listing, { at, buyerSeed: 7, quantity: 2 });
    const waiting = await recordSale(tx, listing, { at, buyerSeed: 8, unposted: true });
    return sold && waiting ? [sold.id, waiting.id] : null;
  });
  if (!receipts) throw new Error('The sandbox has no sales');
  const [sold = 0, waiting = 0] = receipts;
  await refund(handler.world, sold, 100);
  await callPlatform({
    ...call,
    capability: 'syncSales',
    input: { cursor: null, since: new Date(at.getTime() - 3_600_000) },
  });
  // Before and after everything is given back of what Etsy has not credited.
  for (const cents of [100, undefined]) {
    await refund(handler.world, waiting, cents);
    await callPlatform({
      ...call,
      capability: 'syncSales',
      input: { cursor: null, since: at, unpaidOrders: [String(waiting)] },
    });
  }
  world.clock.advance(2 * 3_600_000);
  await callPlatform({ ...call, capability: 'delist', input: { remoteId } });
  const draft = await connectedDraft(call, input);
  await callPlatform({ ...call, capability: 'delist', input: { remoteId: draft } });
  await refused(callPlatform({ ...call, capability: 'readPrice', input: { remoteId: '999999999' } }));
  await refused(
    callPlatform({
      ...call,
      capability: 'list',
      input: { ...input, marker: 'lst-3', title: 'x'.repeat(200) },
    }),
  );
  // A per-second limit is waited for; an error is not.
  await later(handler, 'etsy', 'getListing', '429');
  await callPlatform({ ...call, capability: 'readPrice', input: { remoteId } });
  await later(handler, 'etsy', 'getListing', '500_before');
  await refused(callPlatform({ ...call, capability: 'readPrice', input: { remoteId } }));
  resetLimits();
}

/** Creates a listing whose picture upload fails, which leaves a draft behind, and returns the id of the draft. */
async function connectedDraft(
  call: { ctx: World['ctx']; connectionId: string },
  input: Parameters<typeof callPlatform<'list'>>[0]['input'],
): Promise<string> {
  let draft = '';
  const onDraft = async (id: string) => {
    draft = id;
  };
  const image = { ...input.image, bytes: Buffer.from('not a picture') };
  await refused(
    callPlatform({
      ...call,
      capability: 'list',
      input: { ...input, title: 'Another planner', marker: 'lst-2', image, onDraft },
    }),
  );
  return draft;
}
