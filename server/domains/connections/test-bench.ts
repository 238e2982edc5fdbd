import { eq } from 'drizzle-orm';
import type { Db } from '@/db/client';
import { connections, grants } from '@/db/schema';
import type { Transport, WireRequest } from '@/server/connectors/host/transport';
import { env } from '@/server/foundation/env';
import { type SandboxHandler, sandboxHandler } from '@/server/sandbox/handler';
import { freshDb } from '@/tests/support/db';
import { webhookRoute } from '@/tests/support/webhook-route';
import { createWorld, type World } from '@/tests/support/world';
import { setTransport } from './load-target';
import { sendToHandler } from './testing';

export interface Bench {
  db: Db;
  /** A Pro workspace with its owner. */
  world: World;
  handler: SandboxHandler;
  /** Every request that a connector sent, in order. */
  seen: WireRequest[];
  /** Wraps the sandbox's transport when set, so that a test can inject faults. */
  wrap: ((inner: Transport) => Transport) | null;
  /** Creates another workspace on the same clock. */
  another(plan?: 'free' | 'pro'): Promise<World>;
  row(id: string): Promise<typeof connections.$inferSelect>;
  /** Returns the grant of a connection. */
  grant(connectionId: string): Promise<typeof grants.$inferSelect>;
  close(): Promise<void>;
}

/** For tests: a fresh database, a workspace, and the in-process sandbox in place of every platform. */
export async function connectionsBench({ waits = false }: { waits?: boolean } = {}): Promise<Bench> {
  process.env.TRIBUTARY_SANDBOX = '1';
  const db = await freshDb();
  const world = await createWorld(db, { plan: 'pro' });
  const handler = sandboxHandler({
    db,
    clock: world.clock,
    publicUrl: `${env().appUrl}/sandbox`,
    appUrl: env().appUrl,
    internalAppUrl: env().appUrl,
    fetch: webhookRoute(() => world.services),
  });
  const bench: Bench = {
    db,
    world,
    handler,
    seen: [],
    wrap: null,
    another: (plan = 'pro') => createWorld(db, { plan, clock: world.clock }),
    row: async (id) => {
      const [found] = await db.asSystem((tx) => tx.select().from(connections).where(eq(connections.id, id)));
      if (!found) throw new Error('no such connection');
      return found;
    },
    grant: async (connectionId) => {
      const { grantId } = await bench.row(connectionId);
      const [found] = await db.asSystem((tx) =>
        tx
          .select()
          .from(grants)
          .where(eq(grants.id, grantId ?? '')),
      );
      if (!found) throw new Error('the connection has no grant');
      return found;
    },
    close: async () => {
      setTransport(undefined);
      await db.close();
    },
  };
  const record =
    (inner: Transport): Transport =>
    (wire) => {
      bench.seen.push(wire);
      return (bench.wrap ? bench.wrap(inner) : inner)(wire);
    };
  sendToHandler(handler, record, waits ? world.clock : undefined);
  return bench;
}
