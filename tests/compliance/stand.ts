import type { Db } from '@/db/client';
import type { PlatformId } from '@/server/connectors/generated/ids';
import { resetLimits } from '@/server/connectors/host/throttle';
import type { Transport, WireRequest } from '@/server/connectors/host/transport';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import { setTransport } from '@/server/domains/connections/load-target';
import { sendToHandler } from '@/server/domains/connections/testing';
import { ManualClock } from '@/server/foundation/clock';
import { env } from '@/server/foundation/env';
import type { FaultKind } from '@/server/sandbox/faults';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import type { Services } from '@/server/verbs/context';
import type { Exchange } from '../contracts/exchange';
import { recorder } from '../contracts/recorder';
import { freshDb } from '../support/db';
import { webhookRoute } from '../support/webhook-route';
import type { Trick } from './tricks';

interface Planned {
  match(wire: WireRequest): boolean;
  trick: Trick;
  /** How many more requests it strikes. */
  left: number;
}

/** Longer than the windows of the stand-ins' limits. */
const WINDOW_MS = 15 * 60_000;

/** The whole sandbox in this process, between which and the connectors requests can be tampered with. */
export class Stand {
  readonly exchanges: Exchange[] = [];
  /** Requests as the connectors sent them, in order. */
  readonly sent: WireRequest[] = [];
  #planned: Planned[] = [];

  private constructor(
    readonly db: Db,
    readonly clock: ManualClock,
    readonly handler: SandboxHandler,
    readonly services: Services,
    private readonly served: Map<string, { mime: string; bytes: Buffer }>,
  ) {}

  static async open(): Promise<Stand> {
    process.env.TRIBUTARY_SANDBOX = '1';
    const db = await freshDb();
    const clock = new ManualClock('2026-03-02T10:00:00Z');
    const served = new Map<string, { mime: string; bytes: Buffer }>();
    const handler = sandboxHandler({
      db,
      clock,
      publicUrl: `${env().appUrl}/sandbox`,
      appUrl: env().appUrl,
      internalAppUrl: env().appUrl,
      sleep: async () => {},
      fetch: async (url, init) => {
        const file = served.get(String(url));
        return file
          ? new Response(new Uint8Array(file.bytes), { headers: { 'content-type': file.mime } })
          : route(url, init);
      },
    });
    const services = { db, clock, events: { publish: async () => {} }, platforms: connectorPlatforms };
    const route = webhookRoute(() => services);
    const stand = new Stand(db, clock, handler, services, served);
    const base = new URL(`${env().appUrl}/sandbox`).pathname;
    sendToHandler(handler, (inner) => stand.#between(recorder(inner, stand.exchanges, base)), clock);
    return stand;
  }

  #between(deliver: Transport): Transport {
    return async (wire) => {
      this.sent.push(wire);
      const plan = this.#planned.find(({ left, match }) => left > 0 && match(wire));
      if (!plan) return deliver(wire);
      plan.left--;
      return plan.trick(wire, deliver);
    };
  }

  /** Plays a trick on the next requests that match, by default on one. */
  plan(match: string | ((wire: WireRequest) => boolean), trick: Trick, left = 1): void {
    const matches = typeof match === 'string' ? (wire: WireRequest) => wire.operation === match : match;
    this.#planned.push({ match: matches, trick, left });
  }

  /** Returns an address at which the stand-ins find a file. */
  serve(mime: string, bytes: Buffer): string {
    const url = `https://files.example.com/${this.served.size}`;
    this.served.set(url, { mime, bytes });
    return url;
  }

  /** Makes the next request to a stand-in fail, whichever operation it is. */
  fault = (platform: PlatformId, kind: FaultKind): Promise<string> =>
    this.handler.world.faults.add({ platform, operation: '*', kind, count: 1 });

  /** Forgets faults and tricks, and lets every limit end. */
  async rest(): Promise<void> {
    this.#planned = [];
    this.exchanges.length = 0;
    this.sent.length = 0;
    this.handler.world.rates.clear();
    resetLimits();
    this.clock.advance(WINDOW_MS);
    if ((await this.handler.world.faults.list()).length > 0) await this.handler.world.faults.clear();
  }

  async close(): Promise<void> {
    setTransport(undefined);
    await this.db.close();
  }
}
