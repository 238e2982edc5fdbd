import { renderToStaticMarkup } from 'react-dom/server';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Db, setDb } from '@/db/client';
import { emails, sessions, users } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { resetEnv } from '@/server/foundation/env';
import { newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { InWords } from '@/tests/support/in-words';
import { readMails } from '@/tests/support/mails';
import { createWorld, type World } from '@/tests/support/world';
import OutboxPage from './page';

const given = vi.hoisted(() => ({
  headers: new Headers(),
  sid: undefined as string | undefined,
  here: false,
}));
vi.mock('next-intl/server', () => import('@/tests/support/server-words'));
vi.mock('next/headers', () => ({ headers: async () => given.headers }));
vi.mock('next/navigation', () => ({
  notFound: () => {
    throw new Error('not found');
  },
}));
vi.mock('@/server/auth', () => ({ auth: async () => (given.sid ? { sid: given.sid } : null) }));
vi.mock('@/inngest/event-publisher', () => ({ events: { publish: async () => {} } }));
// Determining where a request comes from has its own tests; here it is mocked.
vi.mock('@/server/foundation/peer', async (real) => ({
  ...(await real<typeof import('@/server/foundation/peer')>()),
  isFromThisMachine: () => given.here,
}));

let db: Db;
let ann: World;
let bob: World;
beforeAll(async () => {
  db = await freshDb();
  setDb(db);
});
afterAll(async () => {
  setDb(undefined);
  await db.close();
});
const set = (settings: Record<string, string>) => {
  for (const [name, value] of Object.entries(settings)) vi.stubEnv(name, value);
  resetEnv();
};
beforeEach(async () => {
  set({ TRIBUTARY_SANDBOX: '1' });
  ann = await createWorld(db);
  bob = await createWorld(db);
  given.here = false;
  given.sid = undefined;
  await write('secret of Ann', ann.email);
  await write('secret of Bob', bob.email);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  resetEnv();
  await db.asSystem((tx) => tx.delete(emails));
});

const write = (subject: string, to: string, at?: Date) =>
  db.asSystem((tx) =>
    queueEmail(tx, {
      key: newId('email'),
      to,
      template: 'approval-decided',
      props: { title: subject, decision: 'approved', by: null, url: 'https://tributary.example' },
      at,
    }),
  );
const idOf = async (subject: string) => {
  const rows = await readMails(db);
  return rows.find((r) => r.subject.includes(subject))?.id ?? '';
};
async function signIn(world: World) {
  given.sid = newId('session');
  const sid = given.sid;
  await db.asSystem((tx) =>
    tx.insert(sessions).values({
      id: sid,
      userId: world.userId,
      lastSeenAt: new Date(),
      expiresAt: new Date(Date.now() + 3_600_000),
    }),
  );
}
const page = async (query: { id?: string; before?: string } = {}) =>
  renderToStaticMarkup(<InWords>{await OutboxPage({ searchParams: Promise.resolve(query) })}</InWords>);

describe('the outbox', () => {
  it('shows all e-mails to a user at the machine, signed in or not', async () => {
    given.here = true;
    for (const world of [null, ann]) {
      if (world) await signIn(world);
      const html = await page({ id: await idOf('secret of Bob') });
      expect(html).toContain('secret of Ann');
      expect(html).toContain('srcDoc');
      expect(html).toContain('2 in total');
    }
  });

  it('shows nothing to a signed-out user elsewhere, and says what to do', async () => {
    for (const query of [{}, { id: await idOf('secret of Ann') }, { before: 'zzz' }]) {
      const html = await page(query);
      expect(html).not.toContain('secret');
      expect(html).not.toContain(ann.email);
      expect(html).not.toContain('in total');
      expect(html).toContain('/sign-in?next=/outbox');
    }
  });

  it('shows a signed-in user elsewhere their own e-mails only, and responds to any other as if it did not exist', async () => {
    await signIn(ann);
    const html = await page({ id: await idOf('secret of Ann') });
    expect(html).toContain('secret of Ann');
    expect(html).not.toContain('secret of Bob');
    expect(html).toContain('1 in total');
    await expect(page({ id: await idOf('secret of Bob') })).rejects.toThrow('not found');
    await expect(page({ id: newId('email') })).rejects.toThrow('not found');
  });

  it('shows neither an address’s older e-mails to its next owner nor anything to an ended session', async () => {
    const address = ann.email.toUpperCase();
    await write('before Ann had it', address, new Date('2020-01-01T00:00:00Z'));
    await write('in capitals', address);
    await signIn(ann);
    expect(await page()).toContain('in capitals');
    expect(await page()).not.toContain('before Ann had it');
    await db.asSystem((tx) => tx.update(sessions).set({ revokedAt: new Date() }));
    expect(await page()).not.toContain('secret');
    expect(await db.asSystem((tx) => tx.select().from(users))).not.toEqual([]);
  });

  it('treats no user as being at the machine if the installation has a public address', async () => {
    given.here = true;
    set({ APP_URL: 'https://tributary.example', TRIBUTARY_ALLOW_PUBLIC_SANDBOX: 'yes-anyone-may-use-it' });
    expect(await page()).not.toContain('secret');
  });

  it('is open to everyone only if a setting says so', async () => {
    set({
      TRIBUTARY_OUTBOX: 'everyone',
      APP_URL: 'https://tributary.example',
      TRIBUTARY_ALLOW_PUBLIC_SANDBOX: 'yes-anyone-may-use-it',
    });
    expect(await page()).toContain('secret of Bob');
    set({ TRIBUTARY_OUTBOX: 'machine', APP_URL: '' });
    expect(await page()).not.toContain('secret');
  });

  it.each<Record<string, string>>([
    { RESEND_API_KEY: 're_1' },
    { SMTP_URL: 'smtp://localhost:25' },
    { RESEND_API_KEY: 're_1', TRIBUTARY_OUTBOX: 'everyone' },
    { TRIBUTARY_OUTBOX: 'off' },
    { TRIBUTARY_SANDBOX: '', DATABASE_URL: 'postgres://db/x' },
  ])('does not exist with %o', async (settings) => {
    given.here = true;
    set(settings);
    await expect(page()).rejects.toThrow('not found');
  });

  it('exists on PostgreSQL without the sandbox if it is enabled', async () => {
    set({ TRIBUTARY_SANDBOX: '', DATABASE_URL: 'postgres://db/x', TRIBUTARY_OUTBOX: 'machine' });
    await signIn(bob);
    expect(await page()).toContain('secret of Bob');
    expect(await page()).not.toContain('secret of Ann');
  });
});
