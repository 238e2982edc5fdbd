import { readdirSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { NextRequest } from 'next/server';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { failed } from '@/components/account/form-state';
import { type Db, openDb, setDb } from '@/db/client';
import { wordsIn } from '@/i18n/words';
import { approvalLink } from '@/server/domains/approval-requests/link';
import { stripeGateway } from '@/server/domains/billing/stripe-gateway';
import { connectorPlatforms } from '@/server/domains/connections/connector-platforms';
import { addressOf } from '@/server/domains/files/public-address';
import { systemClock } from '@/server/foundation/clock';
import { DATABASE_UNREACHABLE, isDatabaseUnreachable } from '@/server/foundation/database-unreachable';
import { asWorkspaceId, newId } from '@/server/foundation/ids';
import { createCallerFactory, publicProcedure, router } from '@/server/trpc/init';

vi.hoisted(() => {
  process.env.TRIBUTARY_SANDBOX = '1';
});
vi.mock('@/server/auth', async () => {
  const { getDb } = await import('@/db/client');
  // Auth.js also turns our errors into responses of its own.
  const swallowing = () =>
    getDb()
      .then((db) => db.asSystem((tx) => tx.execute(sql`select 1`)))
      .then(
        () => new Response(null),
        () => Response.redirect('http://localhost:3000/sign-in?error=Configuration'),
      );
  return { auth: async () => ({ sid: 'ses_some' }), handlers: { GET: swallowing, POST: swallowing } };
});
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));

const cleanUp: (() => unknown)[] = [];
afterEach(async () => {
  setDb(undefined);
  for (const step of cleanUp.splice(0).reverse()) await step();
});

async function listen(server: Server): Promise<number> {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => sockets.add(socket));
  cleanUp.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function openAt(port: number): Promise<Db> {
  const db = await openDb({
    url: `postgres://u:p@127.0.0.1:${port}/d`,
    driver: 'pg',
    pool: 4,
    limits: { connectMs: 200, statementMs: 300, idleMs: 60_000 },
  });
  cleanUp.push(() => void db.close().catch(() => {}));
  return db;
}

const message = (type: string, body = Buffer.alloc(0)) => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(body.byteLength + 4);
  return Buffer.concat([Buffer.from(type, 'latin1'), size, body]);
};
const READY = message('Z', Buffer.from('I'));
const DONE = message('C', Buffer.from('SELECT 0\0'));

/**
 * Creates a server that speaks enough of PostgreSQL's protocol to return no rows for each statement, and that cuts the connection at a
 * statement that matches `last`. https://www.postgresql.org/docs/current/protocol-message-formats.html
 */
const cutsAt = (last: RegExp): Server =>
  createServer((socket) => {
    let greeted = false;
    let received = Buffer.alloc(0);
    socket.on('error', () => {});
    socket.on('data', (data) => {
      received = Buffer.concat([received, data]);
      for (;;) {
        const head = greeted ? 1 : 0;
        if (received.byteLength < head + 4) return;
        const size = head + received.readUInt32BE(head);
        if (received.byteLength < size) return;
        const type = greeted ? String.fromCharCode(received[0] ?? 0) : 'startup';
        const text = received.subarray(0, size).toString('latin1');
        received = received.subarray(size);
        if (type === 'startup') {
          greeted = true;
          socket.write(Buffer.concat([message('R', Buffer.alloc(4)), READY]));
        } else if ((type === 'Q' || type === 'P') && last.test(text)) socket.destroy();
        else if (type === 'Q') socket.write(Buffer.concat([DONE, READY]));
        else if (type === 'S')
          socket.write(Buffer.concat([message('1'), message('2'), message('n'), DONE, READY]));
      }
    });
  });

/** The kinds of outage of a database, each with a function that simulates it and returns the port. */
const AWAY: Record<string, () => Promise<number>> = {
  'accepts connections but never responds': () =>
    listen(createServer((socket) => socket.on('error', () => {}))),
  'refuses connections': async () => {
    const server = createServer();
    const port = await listen(server);
    await new Promise<void>((done) => server.close(() => done()));
    return port;
  },
  'closes each connection': () => listen(createServer((socket) => socket.destroy())),
  'drops the connection in the middle of a transaction': () => listen(cutsAt(/from "|insert into|select 1/)),
};

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;
interface Call {
  path: string;
  method?: string;
  params?: Record<string, string>;
  body?: BodyInit;
  headers?: Record<string, string>;
}
const mediaToken = addressOf({
  workspaceId: asWorkspaceId('wsp_1'),
  fileId: 'fil_1',
  variant: '',
  until: new Date(Date.now() + 3_600_000),
})
  .split('/')
  .at(-1) as string;
const token = approvalLink(
  { id: 'apr_1', workspaceId: 'wrk_1', policy: 'keep', deadlineAt: new Date(Date.now() + 3_600_000) },
  'usr_1',
)
  .split('/')
  .at(-1) as string;
const delivery = JSON.stringify({ id: 'evt_1', type: 'ping', data: { object: {} } });

/** Requests to every route handler that queries the database. A new one needs an entry here, or in `NEVER_ASKS`. */
const CALLS: Record<string, () => Promise<Call[]> | Call[]> = {
  'app/api/trpc/[trpc]/route.ts': () => [
    { path: '/api/trpc/home.shell' },
    { path: '/api/trpc/alerts.list,home.shell?batch=1' },
    {
      path: '/api/trpc/posts.remove',
      method: 'POST',
      body: '{"json":{}}',
      headers: { 'content-type': 'application/json' },
    },
  ],
  'app/api/generate/route.ts': () => [{ path: '/api/generate', method: 'POST', body: '{}' }],
  'app/api/live/route.ts': () => [{ path: '/api/live' }],
  'app/api/files/route.ts': () => [{ path: '/api/files', method: 'POST', body: new FormData() }],
  'app/api/files/[id]/route.ts': () => [{ path: '/api/files/fil_1', params: { id: 'fil_1' } }],
  'app/api/media/route.ts': () => [{ path: '/api/media', method: 'POST', body: 'x' }],
  'app/api/media/[id]/route.ts': () => [{ path: '/api/media/fil_1', params: { id: 'fil_1' } }],
  'app/api/media/public/[token]/route.ts': () => [
    { path: `/api/media/public/${mediaToken}`, params: { token: mediaToken } },
  ],
  'app/api/reports/[month]/route.ts': () => [{ path: '/api/reports/2026-03', params: { month: '2026-03' } }],
  'app/api/oauth/[platform]/callback/[[...server]]/route.ts': () => [
    { path: '/api/oauth/x/callback?state=a&code=b', params: { platform: 'x' } },
  ],
  'app/api/approvals/[token]/route.ts': () => [
    { path: `/api/approvals/${token}`, params: { token } },
    {
      path: `/api/approvals/${token}`,
      method: 'POST',
      params: { token },
      body: new URLSearchParams({ decision: 'approve' }),
    },
  ],
  'app/api/webhooks/[platform]/[receiver]/route.ts': () => {
    const receiver = newId('webhookReceiver');
    const params = { platform: 'telegram', receiver };
    return [{ path: `/api/webhooks/telegram/${receiver}`, method: 'POST', params, body: '{}' }];
  },
  'app/api/webhooks/stripe/route.ts': async () => {
    const { client, webhookSecret } = await stripeGateway();
    const signature = client.webhooks.generateTestHeaderString({
      payload: delivery,
      secret: webhookSecret,
      timestamp: Math.floor(systemClock.now().getTime() / 1000),
    });
    return [
      {
        path: '/api/webhooks/stripe',
        method: 'POST',
        body: delivery,
        headers: { 'stripe-signature': signature },
      },
    ];
  },
  'app/api/auth/[...nextauth]/route.ts': () => [
    { path: '/api/auth/session' },
    { path: '/api/auth/callback/credentials', method: 'POST', body: 'x' },
  ],
};
const NEVER_ASKS: Record<string, string> = {
  'app/api/health/route.ts': 'has its own response for this',
  'app/api/inngest/route.ts': 'reports the failed step to the Inngest server',
  'app/sandbox/[[...path]]/route.ts': 'imitates other sites, which fail in their own ways',
};

it('covers every route handler', () => {
  const files = readdirSync('app', { recursive: true, encoding: 'utf8' })
    .map((file) => path.posix.join('app', file))
    .filter((file) => /\/route\.tsx?$/.test(file));
  expect([...Object.keys(CALLS), ...Object.keys(NEVER_ASKS)].sort()).toEqual(files.sort());
});

describe.each(Object.entries(AWAY))('a database that %s', (_how, start) => {
  let db: Db;
  beforeEach(async () => {
    db = await openAt(await start());
    setDb(db);
  });

  it.each(Object.entries(CALLS))('makes %s respond with 503 and Retry-After', async (file, calls) => {
    for (const { path: at, method = 'GET', params = {}, body, headers } of await calls()) {
      const module = (await import(/* @vite-ignore */ `../../${file}`)) as Record<string, Handler>;
      const request = new NextRequest(`http://localhost:3000${at}`, {
        method,
        ...(body === undefined ? {} : { body }),
        headers: { host: 'localhost:3000', ...headers },
      });
      const answer = await (module[method] as Handler)(request, { params: Promise.resolve(params) });
      const text = await answer.text();
      expect(`${method} ${at}: ${answer.status}`).toBe(`${method} ${at}: 503`);
      expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      expect(text).toContain('cannot reach our database');
      expect(text).not.toMatch(/127\.0\.0\.1|ECONN|select /i);
    }
  });

  it('is not reported as an internal error by a form, a page or a procedure', async () => {
    const error = await db.asSystem((tx) => tx.execute(sql`select 1`)).catch((caught: unknown) => caught);
    expect(isDatabaseUnreachable(error)).toBe(true);
    expect(failed(error).message).toMatch(/cannot reach our database/);
    const caller = createCallerFactory(
      router({ ask: publicProcedure.query(() => db.asSystem((tx) => tx.execute(sql`select 1`))) }),
    )({
      db,
      clock: systemClock,
      events: { publish: async () => {} },
      platforms: connectorPlatforms,
      viewer: null,
      words: wordsIn('en'),
    });
    // The digest is all that a page's error boundary receives.
    await expect(caller.ask()).rejects.toMatchObject({
      code: 'SERVICE_UNAVAILABLE',
      digest: DATABASE_UNREACHABLE,
    });
  });
});
