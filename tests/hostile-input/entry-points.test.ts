import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { sessions } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { createWorld } from '@/tests/support/world';
import { ODD_TEXTS } from './values';

vi.hoisted(() => {
  process.env.TRIBUTARY_SANDBOX = '1';
});
let cookie: string | undefined;
vi.mock('@/server/auth', () => ({ auth: async () => (cookie ? { sid: cookie } : null) }));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));
vi.mock('next/headers', () => ({ headers: async () => new Headers({ host: 'localhost:3000' }) }));
vi.mock('next-intl/server', () => import('@/tests/support/server-words'));

let db: Db;
let calls = 0;
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
  const world = await createWorld(db, { plan: 'pro' });
  cookie = newId('session');
  const now = new Date();
  await db.asSystem((tx) =>
    tx.insert(sessions).values({
      id: cookie as string,
      userId: world.userId,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + 3_600_000),
    }),
  );
});
afterAll(async () => {
  setDb(undefined);
  await db.close();
  process.stdout.write(`unusual calls of routes and pages: ${calls}\n`);
});

// An address holds only a few kilobytes, and its query arrives decoded.
const ODD = ODD_TEXTS.filter((text) => text.length < 10_000);

type Handler = (request: Request, context: { params: Promise<Record<string, string>> }) => Promise<Response>;
const ROUTES: {
  file: string;
  method: string;
  call: (odd: string) => { path: string; params?: Record<string, string> };
}[] = [
  {
    file: 'app/api/files/[id]/route.ts',
    method: 'GET',
    call: (id) => ({ path: '/api/files/x', params: { id } }),
  },
  ...['GET', 'POST'].map((method) => ({
    file: 'app/api/webhooks/[platform]/[receiver]/route.ts',
    method,
    call: (receiver: string) => ({
      path: '/api/webhooks/telegram/x',
      params: { platform: 'telegram', receiver },
    }),
  })),
  {
    file: 'app/api/media/[id]/route.ts',
    method: 'GET',
    call: (id) => ({ path: '/api/media/x', params: { id } }),
  },
  {
    file: 'app/api/media/public/[token]/route.ts',
    method: 'GET',
    call: (token) => ({ path: '/api/media/public/x', params: { token } }),
  },
  {
    file: 'app/api/reports/[month]/route.ts',
    method: 'GET',
    call: (month) => ({ path: '/api/reports/x', params: { month } }),
  },
  {
    file: 'app/api/approvals/[token]/route.ts',
    method: 'GET',
    call: (token) => ({ path: '/api/approvals/x', params: { token } }),
  },
  {
    file: 'app/api/oauth/[platform]/callback/[[...server]]/route.ts',
    method: 'GET',
    call: (odd) => ({
      path: `/api/oauth/x/callback?${query({ state: odd, code: odd, error: odd })}`,
      params: { platform: 'x' },
    }),
  },
  {
    file: 'app/api/oauth/[platform]/callback/[[...server]]/route.ts',
    method: 'GET',
    call: (platform) => ({ path: '/api/oauth/x/callback?state=a&code=b', params: { platform } }),
  },
  {
    file: 'app/api/live/route.ts',
    method: 'GET',
    call: (since) => ({ path: `/api/live?${query({ once: '1', since })}` }),
  },
];
const query = (values: Record<string, string>) =>
  Object.entries(values)
    .map(([key, value]) => `${key}=${encodeURIComponent(value.replace(/\p{Cs}/gu, '\uFFFD'))}`)
    .join('&');

describe('no URL of a route causes an internal error', () => {
  it.each(ROUTES)('$method $file', async ({ file, method, call }) => {
    const handler = ((await import(/* @vite-ignore */ `../../${file}`)) as Record<string, Handler>)[
      method
    ] as Handler;
    const bad: string[] = [];
    for (const odd of ODD) {
      const { path, params } = call(odd);
      calls++;
      const answer = await handler(
        new Request(`http://localhost:3000${path}`, { method, headers: { host: 'localhost:3000' } }),
        {
          params: Promise.resolve(params ?? {}),
        },
      ).catch((error: unknown) => ({ status: 599, error }) as never);
      if (answer.status >= 500) bad.push(`${JSON.stringify(odd)}: ${answer.status}`);
      await answer.text?.();
    }
    expect(bad).toEqual([]);
  });
});

type Page = (props: {
  params: Promise<Record<string, string>>;
  searchParams: Promise<Record<string, string | string[]>>;
}) => Promise<unknown>;
const PAGES: Record<string, { params?: string[]; query?: string[] }> = {
  'app/(app)/orders/page.tsx': { query: ['cursor', 'order', 'listing'] },
  'app/(app)/ledger/page.tsx': { query: ['cursor', 'kind', 'month'] },
  'app/(app)/pricing-rules/page.tsx': { query: ['cursor', 'rules'] },
  'app/(app)/products/page.tsx': { query: ['search', 'archived', 'cursor'] },
  'app/(app)/reports/page.tsx': { query: ['month'] },
  'app/(app)/listings/page.tsx': { query: ['cursor'] },
  'app/(app)/runs/page.tsx': { query: ['after', 'status'] },
  'app/(app)/calendar/page.tsx': { query: ['view', 'at'] },
  'app/(app)/home/page.tsx': { query: ['posting'] },
  'app/(app)/compose/page.tsx': { query: ['post'] },
  'app/(app)/posts/[id]/page.tsx': { params: ['id'] },
  'app/(app)/products/[id]/page.tsx': { params: ['id'] },
  'app/(app)/ledger/[id]/page.tsx': { params: ['id'] },
  'app/(app)/runs/[id]/page.tsx': { params: ['id'] },
  'app/outbox/page.tsx': { query: ['id', 'before'] },
  'app/(auth)/reset/page.tsx': { query: ['token'] },
  'app/(auth)/verify/page.tsx': { query: ['token'] },
};

describe('a page with unusual parameters shows its default or “not found”', () => {
  it.each(Object.entries(PAGES))('%s', async (file, { params = [], query: names = [] }) => {
    const { default: page } = (await import(/* @vite-ignore */ `../../${file}`)) as { default: Page };
    const bad: string[] = [];
    for (const odd of ODD)
      for (const [part, name] of [
        ...params.map((p) => ['params', p]),
        ...names.map((n) => ['searchParams', n]),
      ] as const) {
        for (const value of part === 'params' ? [odd] : [odd, [odd, odd]]) {
          // Each field is tested with a list only once, because lists are read in one place.
          if (Array.isArray(value) && odd !== ODD[2]) continue;
          calls++;
          const props = {
            params: Promise.resolve({}),
            searchParams: Promise.resolve({}),
            [part as string]: Promise.resolve({ [name as string]: value }),
          };
          await page(props as Parameters<Page>[0]).catch((error: { digest?: string }) => {
            // Next signals "not found" and redirects by throwing.
            if (!/^NEXT_(REDIRECT|HTTP_ERROR_FALLBACK;404)/.test(error.digest ?? ''))
              bad.push(`${name} = ${JSON.stringify(odd)}: ${error}`);
          });
        }
      }
    expect(bad.slice(0, 10)).toEqual([]);
  });
});
