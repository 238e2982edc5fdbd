import { sql } from 'drizzle-orm';
import { beforeAll, expect, it, vi } from 'vitest';
import type { Db } from '@/db/client';
import { freshDb } from '@/tests/support/db';

// The cookies of one browser, as Next stores them for a route.
const jar = vi.hoisted(() => new Map<string, string>());
let db: Db;
vi.mock('@/db/client', async (original) => ({ ...(await original<object>()), getDb: async () => db }));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));
vi.mock('next/headers', () => ({
  headers: async () => new Headers(),
  cookies: async () => ({
    get: (name: string) => (jar.has(name) ? { name, value: jar.get(name) } : undefined),
    set: (name: string, value: string, options: { maxAge: number; httpOnly: boolean }) => {
      expect(options.httpOnly).toBe(true);
      if (options.maxAge === 0) jar.delete(name);
      else jar.set(name, value);
    },
  }),
}));

beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});

it('asks for the code after wrong passwords, accepts it in the same browser, and recognizes that browser from then on', async () => {
  const { seedDemo } = await import('@/db/seed');
  const { DEMO } = await import('@/db/seed/demo-account');
  const { systemClock } = await import('@/server/foundation/clock');
  const { emails } = await import('@/db/schema');
  const { readMails } = await import('@/tests/support/mails');
  const { handlers } = await import('./auth');
  const { NextRequest } = await import('next/server');
  await seedDemo(db, systemClock);
  const origin = 'http://localhost:3000';
  const csrf = await handlers.GET(new NextRequest(`${origin}/api/auth/csrf`));
  const { csrfToken } = (await csrf.json()) as { csrfToken: string };
  const cookie = csrf.headers
    .getSetCookie()
    .map((c) => c.split(';')[0])
    .join('; ');
  const post = async (provider: string, fields: Record<string, string>) => {
    const answer = await handlers.POST(
      new NextRequest(`${origin}/api/auth/callback/${provider}`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', cookie },
        body: new URLSearchParams({ csrfToken, ...fields }),
      }),
    );
    const opened = answer.headers.getSetCookie().some((c) => /session-token=[^;]{20}/.test(c));
    return opened ? 'open' : new URL(answer.headers.get('location') ?? '', origin).searchParams.get('code');
  };
  const { email, password } = DEMO;
  for (let i = 0; i < 5; i++)
    expect(await post('credentials', { email, password: 'Not-the-one-9' })).toBe('unauthenticated');
  expect(await post('credentials', { email, password })).toBe('code_needed');
  const mails = await readMails(db, sql`${emails.key} like 'code:%'`);
  const code = /\d{4} \d{4}/.exec(mails[0]?.body ?? '')?.[0] ?? '';
  expect(await post('code', { code: '1' })).toBe('invalid');
  expect(await post('code', { code })).toBe('open');
  expect([...jar.keys()]).toEqual(['tributary.device']);
  expect(await post('credentials', { email, password })).toBe('open');
  jar.clear();
  expect(await post('credentials', { email, password })).toBe('code_needed');
});
