import { and, eq } from 'drizzle-orm';
import { openDb } from '@/db/client';
import { connections } from '@/db/schema';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { resetLimits } from '@/server/connectors/host/throttle';
import { isConnectorFault } from '@/server/connectors/kit/types';
import { connectorOf, platformManifest } from '@/server/connectors/registry';
import { callPlatform } from '@/server/domains/connections/call-platform';
import { checkConnection } from '@/server/domains/connections/check-connection';
import { disconnect } from '@/server/domains/connections/disconnect';
import { setTransport } from '@/server/domains/connections/load-target';
import { setUpWebhooks } from '@/server/domains/connections/set-up-webhooks';
import { connectSandbox, sendToHandler } from '@/server/domains/connections/testing';
import { env } from '@/server/foundation/env';
import { inEnglish } from '@/server/foundation/facts';
import { sandboxHandler } from '@/server/sandbox/handler';
import { webhookRoute } from '../support/webhook-route';
import { createWorld } from '../support/world';
import type { ContractIo, PlatformContract, ServiceContract, Stage } from './define';
import type { Delivery, Exchange } from './exchange';
import { recorder } from './recorder';
import { exercisedBy } from './rules';

export interface Recorded {
  exchanges: Exchange[];
  deliveries: Delivery[];
  /** By platform, what its scenarios exercised. */
  exercised: ReadonlyMap<string, ReadonlySet<string>>;
}

/** Runs all scenarios against the sandbox in this process and records what is sent. */
export async function record(
  platforms: ReadonlyMap<PlatformId, PlatformContract>,
  services: readonly ServiceContract[],
): Promise<Recorded> {
  const exchanges: Exchange[] = [];
  const deliveries: Delivery[] = [];
  const exercised = new Map<string, ReadonlySet<string>>();
  const served = new Map<string, { mime: string; bytes: Buffer }>();
  const serve = (mime: string, bytes: Buffer): string => {
    const url = `https://files.example.com/${served.size}`;
    served.set(url, { mime, bytes });
    return url;
  };
  process.env.TRIBUTARY_SANDBOX = '1';
  const db = await openDb({ dataDir: 'memory://' });
  try {
    await db.migrate();
    const world = await createWorld(db, { plan: 'agency' });
    const route = webhookRoute(() => world.services);
    const handler = sandboxHandler({
      db,
      clock: world.clock,
      publicUrl: `${env().appUrl}/sandbox`,
      appUrl: env().appUrl,
      internalAppUrl: env().appUrl,
      sleep: async () => {},
      fetch: async (url, init) => {
        const file = served.get(String(url));
        if (file) return new Response(new Uint8Array(file.bytes), { headers: { 'content-type': file.mime } });
        if (init?.method === 'POST')
          deliveries.push({
            url: String(url),
            headers: Object.fromEntries(new Headers(init.headers)),
            body: String(init.body),
          });
        const answer = await route(url, init);
        // Services with an address of their own are only listened to.
        return answer.status === 404 ? new Response('ok') : answer;
      },
    });
    const base = new URL(`${env().appUrl}/sandbox`).pathname;
    sendToHandler(handler, (inner) => recorder(inner, exchanges, base), world.clock);
    const stage = { handler, db, world, exchanges, deliveries, serve };
    for (const [platform, contract] of platforms)
      exercised.set(platform, await exercise(stage, platform, contract));
    for (const service of services)
      await service.run({ ...stage, world: await createWorld(db, { clock: world.clock }) });
  } finally {
    setTransport(undefined);
    await db.close();
  }
  return { exchanges, deliveries, exercised };
}

/** Connects, runs the scenarios of one platform, and disconnects. Returns what this exercised. */
async function exercise(
  stage: Stage,
  platform: PlatformId,
  contract: PlatformContract,
): Promise<Set<string>> {
  const { world, handler, exchanges } = stage;
  const seen = new Set<string>();
  const from = exchanges.length;
  const connectionIds = contract.connect
    ? await contract.connect(stage, contract.account)
    : (await connectSandbox(handler, world.ctx, platform, contract.account, contract.pick)).connectionIds;
  const [connectionId] = connectionIds;
  if (connectionId === undefined) throw new Error(`${platform}: the sign-in connected nothing`);
  const io = scenarioIo(stage, platform, connectionId, seen);
  const reports = (await connectorOf(platform))?.manifest.webhooks;
  if (reports) {
    const made = await setUpWebhooks({ ctx: world.ctx, connectionId });
    if (made?.state !== 'on') throw new Error(`${platform}: webhooks could not be set up`);
    for (const topic of reports.topics) {
      await contract.webhooks?.[topic]?.(io);
      await handler.settle();
    }
    waitOutLimits(stage);
  }
  for (const [name, scenario] of Object.entries(contract.scenarios)) {
    try {
      await scenario(io);
    } catch (error) {
      throw new Error(`${platform}: the scenario of ${name} failed`, { cause: error });
    }
    waitOutLimits(stage);
  }
  await checkConnection(world.ctx, { id: connectionId });
  for (const id of connectionIds) await disconnect(world.ctx, { id });
  for (const exchange of exchanges.slice(from)) {
    if (exchange.platform !== platform || exchange.operation === undefined || exchange.status >= 400)
      continue;
    const name = exchange.operation;
    seen.add(name.startsWith('sign-in ') ? name : `operation ${name}`);
  }
  return seen.add(`sign-in ${signInKind(platform)}`);
}

/** Longer than the windows of the stand-ins' limits. */
const WINDOW_MS = 15 * 60_000;

function waitOutLimits({ world }: Stage): void {
  resetLimits();
  world.clock.advance(WINDOW_MS);
}

/** A connection exists, so its way of signing in works. Those of OAuth are seen by their requests. */
function signInKind(platform: PlatformId): string {
  const { auth } = platformManifest(platform) as { auth?: { kind: string } };
  return auth?.kind ?? 'none';
}

/** Returns what a scenario uses: a connection of this stage. What succeeds is noted in `seen`. */
export function scenarioIo(
  stage: Stage,
  platform: PlatformId,
  connectionId: string,
  seen: Set<string>,
): ContractIo {
  const { world, handler } = stage;
  const io: ContractIo = {
    ...stage,
    connectionId,
    async as(remoteId) {
      const [row] = await stage.db.asWorkspace(world.ctx.workspaceId, (tx) =>
        tx
          .select({ id: connections.id })
          .from(connections)
          .where(and(eq(connections.platform, platform), eq(connections.remoteId, remoteId))),
      );
      if (!row) throw new Error(`${platform}: ${remoteId} is not connected`);
      return scenarioIo(stage, platform, row.id, seen);
    },
    now: () => world.clock.now(),
    advance: (ms) => world.clock.advance(ms),
    async call(capability, input) {
      const output = await callPlatform({ ctx: world.ctx, connectionId, capability, input });
      for (const one of exercisedBy(capability, input)) seen.add(one);
      return output;
    },
    async refused(work) {
      const error = await work.then(
        () => null,
        (e: unknown) => e,
      );
      if (!isConnectorFault(error)) throw new Error(`Expected a refusal, but got: ${String(error)}`);
      return error;
    },
    async fail(operation, kind) {
      waitOutLimits(stage);
      await handler.world.faults.add({ platform, operation, kind, count: 1 });
    },
    async upload({ kind, mime, bytes, alt = '' }) {
      const read = async (offset: number, length: number) => bytes.subarray(offset, offset + length);
      let progress: unknown = null;
      for (let i = 0; i < 60; i++) {
        const step = await io.call('upload', {
          kind,
          name: 'file',
          mime,
          bytes: bytes.length,
          alt,
          progress,
          read,
        });
        if (step.state === 'ready') return { remoteId: step.remoteId, kind };
        if (step.state === 'failed') throw new Error(inEnglish(step.problem));
        progress = step.state === 'again' ? null : step.progress;
        if (step.state === 'processing') world.clock.advance(step.checkAfterSeconds * 1000);
      }
      throw new Error('The upload did not complete');
    },
    async control(action, input) {
      const answer = await handler(
        new Request(`${env().appUrl}/sandbox/control/${action}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(input),
        }),
      );
      if (!answer.ok) throw new Error(`The sandbox refused ${action}: ${await answer.text()}`);
      return (await answer.json()) as Record<string, unknown>;
    },
  };
  return io;
}
