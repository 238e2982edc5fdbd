import { readdirSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { members, sessions, users } from '@/db/schema';
import { samplePng } from '@/server/domains/files/testing';
import { newId } from '@/server/foundation/ids';
import type { Role } from '@/server/verbs/permissions';
import { freshDb } from '@/tests/support/db';
import { createWorld, type World } from '@/tests/support/world';
import { fill, type Ids, markOf, noIds } from './rows';
import { snapshot } from './snapshot';

// The sandbox has payment keys, so a forged delivery is really verified.
vi.hoisted(() => {
  process.env.TRIBUTARY_SANDBOX = '1';
});

/** Session id in the cookie of the request. */
let cookie: string | undefined;
vi.mock('@/server/auth', () => ({
  auth: async () => (cookie ? { sid: cookie } : null),
  handlers: { GET: async () => new Response(null), POST: async () => new Response(null) },
}));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;
interface Call {
  path: string;
  params?: Record<string, string>;
  body?: BodyInit;
  headers?: Record<string, string>;
}
interface Session {
  kind: 'session';
  /** Status of the response to an unauthenticated request. */
  signedOut: number;
  /** Lowest permitted role; a lower one gets 403. */
  least: Role;
  call: (ids: Ids) => Call;
  /** Whether `call` names a row. A row of another workspace must then get the same response as a missing row. */
  names?: true;
}
interface Open {
  kind: 'open';
  /** What protects the route in place of a session. */
  why: string;
  /** A request without that protection, and the statuses that refuse it. Omitted if there is nothing to refuse. */
  refused?: { call: Call; status: number[] };
}

const form = () => {
  const data = new FormData();
  data.set('file', new File(['%PDF-1.7 test'], 'a.pdf', { type: 'application/pdf' }));
  return data;
};

const routeFiles = readdirSync('app', { recursive: true, encoding: 'utf8' })
  .map((file) => path.posix.join('app', file))
  .filter((file) => /\/route\.tsx?$/.test(file))
  .sort();

/** Every route handler by file and method. A new one needs an entry here. */
const ROUTES: Record<string, Record<string, Session | Open>> = {
  'app/api/auth/[...nextauth]/route.ts': {
    GET: { kind: 'open', why: 'users sign in here; Auth.js checks its own tokens' },
    POST: { kind: 'open', why: 'the same' },
  },
  'app/api/trpc/[trpc]/route.ts': {
    GET: { kind: 'open', why: 'each procedure checks access; matrix.test.ts calls all of them' },
    POST: {
      kind: 'open',
      why: 'as for GET, and only from our own pages',
      refused: {
        call: { path: '/api/trpc/posts.remove', body: '{}', headers: { origin: 'https://evil.example' } },
        status: [403],
      },
    },
  },
  'app/api/generate/route.ts': {
    POST: {
      kind: 'session',
      signedOut: 401,
      least: 'operator',
      names: true,
      call: (ids) => ({
        path: '/api/generate',
        body: JSON.stringify({ platforms: ['x'], prompt: 'Hello', topicId: ids.topic, postId: ids.post }),
        headers: { 'content-type': 'application/json' },
      }),
    },
  },
  'app/api/live/route.ts': {
    GET: {
      kind: 'session',
      signedOut: 401,
      least: 'viewer',
      // `once`, because a stream does not end.
      call: () => ({ path: `/api/live?once=1&since=${Date.now() - 60_000}` }),
    },
  },
  'app/api/files/route.ts': {
    POST: {
      kind: 'session',
      signedOut: 401,
      least: 'operator',
      call: () => ({ path: '/api/files', body: form() }),
    },
  },
  'app/api/files/[id]/route.ts': {
    GET: {
      kind: 'session',
      signedOut: 401,
      least: 'viewer',
      names: true,
      call: (ids) => ({ path: `/api/files/${ids.file}`, params: { id: ids.file } }),
    },
  },
  'app/api/media/route.ts': {
    POST: {
      kind: 'session',
      signedOut: 401,
      least: 'operator',
      call: () => ({ path: '/api/media?name=a.png', body: new Uint8Array(samplePng(2, 2)) }),
    },
  },
  'app/api/media/[id]/route.ts': {
    GET: {
      kind: 'session',
      signedOut: 401,
      least: 'viewer',
      names: true,
      call: (ids) => ({ path: `/api/media/${ids.file}`, params: { id: ids.file } }),
    },
  },
  'app/api/media/public/[token]/route.ts': {
    GET: {
      kind: 'open',
      why: 'the sealed token, which names one file and ends',
      refused: {
        call: { path: '/api/media/public/forged', params: { token: 'forged' } },
        status: [404],
      },
    },
  },
  'app/api/reports/[month]/route.ts': {
    GET: {
      kind: 'session',
      signedOut: 401,
      least: 'viewer',
      call: () => ({ path: '/api/reports/2026-03', params: { month: '2026-03' } }),
    },
  },
  'app/api/oauth/[platform]/callback/[[...server]]/route.ts': {
    GET: {
      kind: 'session',
      signedOut: 303,
      least: 'viewer',
      call: () => ({ path: '/api/oauth/x/callback?state=forged&code=c', params: { platform: 'x' } }),
    },
  },
  'app/api/approvals/[token]/route.ts': {
    GET: {
      kind: 'open',
      why: 'the signed token of the e-mail',
      refused: {
        call: { path: '/api/approvals/forged.token', params: { token: 'forged.token' } },
        status: [400, 403, 404, 410],
      },
    },
    POST: {
      kind: 'open',
      why: 'the same',
      refused: {
        call: {
          path: '/api/approvals/forged.token',
          params: { token: 'forged.token' },
          body: new URLSearchParams({ decision: 'approve' }),
        },
        status: [400, 403, 404, 410],
      },
    },
  },
  'app/api/webhooks/[platform]/[receiver]/route.ts': {
    GET: {
      kind: 'open',
      why: 'a platform asks whether an address is ours; the answer needs the secret that it was given',
      refused: {
        call: {
          path: '/api/webhooks/facebook/sandbox?hub.mode=subscribe&hub.challenge=1&hub.verify_token=x',
          params: { platform: 'facebook', receiver: 'sandbox' },
        },
        status: [404],
      },
    },
    POST: {
      kind: 'open',
      why: 'the platform’s signature over the body, or a secret that it was given',
      refused: {
        call: {
          path: '/api/webhooks/facebook/sandbox',
          params: { platform: 'facebook', receiver: 'sandbox' },
          body: '{"object":"page","entry":[]}',
          headers: { 'x-hub-signature-256': 'sha256=00' },
        },
        status: [404],
      },
    },
  },
  'app/api/webhooks/stripe/route.ts': {
    POST: {
      kind: 'open',
      why: 'Stripe’s signature over the body',
      refused: {
        call: {
          path: '/api/webhooks/stripe',
          body: '{"id":"evt_1"}',
          headers: { 'stripe-signature': 't=1,v1=00' },
        },
        status: [400],
      },
    },
  },
  'app/api/inngest/route.ts': {
    GET: { kind: 'open', why: 'reports only that functions are served' },
    PUT: { kind: 'open', why: 'the signature of Inngest; the runner’s tests send forged ones' },
    POST: {
      kind: 'open',
      why: 'Inngest’s signature',
      refused: {
        call: { path: '/api/inngest?fnId=tributary-identity-tidy&stepId=step', body: '{"event":{}}' },
        status: [401, 403, 500],
      },
    },
  },
  'app/api/health/route.ts': {
    GET: { kind: 'open', why: 'reports only whether the server works' },
  },
  'app/sandbox/[[...path]]/route.ts': Object.fromEntries(
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'].map((method) => [
      method,
      { kind: 'open', why: 'imitates other sites and has no rows of any workspace' },
    ]),
  ),
};
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

let db: Db;
let ours: World;
let other: World;
let ourIds: Ids;
let otherIds: Ids;
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
  ours = await createWorld(db, { plan: 'pro' });
  other = await createWorld(db, { plan: 'pro', clock: ours.clock });
  ourIds = await fill(db, ours);
  otherIds = await fill(db, other);
});
afterAll(async () => {
  setDb(undefined);
  await db.close();
});
beforeEach(() => {
  cookie = undefined;
});

const load = async (file: string): Promise<Record<string, Handler>> =>
  import(/* @vite-ignore */ `../../${file}`);

async function send(file: string, method: string, call: Call) {
  const handler = (await load(file))[method];
  if (!handler) throw new Error(`${file} has no ${method}`);
  const request = new Request(`http://localhost:3000${call.path}`, {
    method,
    ...(call.body === undefined ? {} : { body: call.body }),
    headers: { host: 'localhost:3000', ...call.headers },
  });
  const response = await handler(request, { params: Promise.resolve(call.params ?? {}) });
  return { status: response.status, text: await response.text(), location: response.headers.get('location') };
}

/** Signs in as a new member of the world with this role. */
async function signInAs(world: World, role: Role) {
  const userId = newId('user');
  const sid = newId('session');
  const now = new Date();
  await db.asSystem(async (tx) => {
    await tx.insert(users).values({
      id: userId,
      email: `${userId}@example.test`,
      name: role,
      passwordHash: 'none',
      termsAcceptedAt: now,
    });
    await tx.insert(members).values({ workspaceId: world.workspaceId, userId, role });
    await tx
      .insert(sessions)
      .values({ id: sid, userId, lastSeenAt: now, expiresAt: new Date(now.getTime() + 3_600_000) });
  });
  cookie = sid;
}

it('has an entry for every route handler and method', async () => {
  expect(Object.keys(ROUTES).sort()).toEqual(routeFiles);
  for (const file of routeFiles) {
    const exported = METHODS.filter((method) => typeof exportsOf[file]?.[method] === 'function');
    for (const method of exported)
      expect(Object.keys(ROUTES[file] ?? {}), `${file} ${method}`).toContain(method);
  }
});
const exportsOf: Record<string, Record<string, unknown>> = {};
beforeAll(async () => {
  for (const file of routeFiles) exportsOf[file] = await load(file);
});

const all = Object.entries(ROUTES).flatMap(([file, methods]) =>
  Object.entries(methods).map(([method, line]) => ({ file, method, line })),
);
const behindSession = all.filter((r): r is typeof r & { line: Session } => r.line.kind === 'session');
const refusing = all.flatMap(({ file, method, line }) =>
  line.kind === 'open' && line.refused ? [{ file, method, refused: line.refused }] : [],
);

describe('routes that require a session', () => {
  it.each(behindSession)('$method $file without a session', async ({ file, method, line }) => {
    const before = await snapshot(db, ours);
    const answer = await send(file, method, line.call(ourIds));
    expect(answer.status).toBe(line.signedOut);
    if (answer.status === 303) expect(answer.location).toContain('/sign-in');
    expect(answer.text).not.toContain(markOf(ours));
    cookie = newId('session');
    expect((await send(file, method, line.call(ourIds))).status).toBe(line.signedOut);
    expect(await snapshot(db, ours)).toEqual(before);
  });
  it.each(behindSession.filter((r) => r.line.least !== 'viewer'))(
    '$method $file as a viewer',
    async ({ file, method, line }) => {
      await signInAs(ours, 'viewer');
      expect((await send(file, method, line.call(ourIds))).status).toBe(403);
    },
  );
  it.each(behindSession)(
    '$method $file as the owner of another workspace',
    async ({ file, method, line }) => {
      const before = await snapshot(db, ours);
      await signInAs(other, 'owner');
      if (line.names) {
        const foreign = await send(file, method, line.call(ourIds));
        expect(foreign).toEqual(await send(file, method, line.call(noIds())));
        expect(foreign.status).toBeGreaterThanOrEqual(400);
      } else expect((await send(file, method, line.call(otherIds))).text).not.toContain(markOf(ours));
      expect(await snapshot(db, ours)).toEqual(before);
    },
  );
});

describe('routes with their own key', () => {
  it.each(refusing)('$method $file refuses a request without the key', async ({ file, method, refused }) => {
    const before = await snapshot(db, ours);
    const answer = await send(file, method, refused.call);
    expect(refused.status).toContain(answer.status);
    expect(answer.text).not.toContain(markOf(ours));
    expect(await snapshot(db, ours)).toEqual(before);
  });
});
