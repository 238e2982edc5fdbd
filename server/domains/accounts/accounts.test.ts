import { eq, like, sql } from 'drizzle-orm';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { emails, emailTokens, members, postingSettings, throttles, users, workspaces } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { sendQueuedEmails } from '@/server/domains/emails/send-queued-emails';
import { ManualClock } from '@/server/foundation/clock';
import { asWorkspaceId, newId } from '@/server/foundation/ids';
import { freshDb } from '@/tests/support/db';
import { readMails } from '@/tests/support/mails';
import { RecordedEvents } from '@/tests/support/world';
import { changePassword } from './change-password';
import { listSessions, viewerOfSession } from './queries';
import { register as registerVerb } from './register';
import { requestReset as requestResetVerb } from './request-reset';
import { checkResetLink as checkResetLinkVerb, resetPassword as resetPasswordVerb } from './reset-password';
import { endSession, revokeOtherSessions, revokeSession } from './revoke-session';
import { registerInput } from './schemas';
import { signIn as signInVerb } from './sign-in';
import { byVisitor, opened } from './testing';
import { resendVerification, verifyEmail as verifyEmailVerb } from './verify-email';

const register = byVisitor(registerVerb);
const requestReset = byVisitor(requestResetVerb);
const checkResetLink = byVisitor(checkResetLinkVerb);
const resetPassword = byVisitor(resetPasswordVerb);
const signIn = byVisitor(signInVerb);
const verifyEmail = byVisitor(verifyEmailVerb);

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});

const PASSWORD = 'Correct-horse-7';
let counter = 0;
function setUp() {
  counter++;
  const clock = new ManualClock('2026-03-02T10:00:00Z');
  const ctx = { db, clock, events: new RecordedEvents() };
  const email = `mira${counter}@example.test`;
  const client = { ip: `192.0.2.${counter}`, userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0' };
  const input = { name: 'Mira', email, password: PASSWORD, terms: true as const, ...client };
  return { clock, ctx, email, client, input };
}
const tokenIn = async (to: string, kind: 'verify' | 'reset') => {
  const rows = await readMails(db, eq(emails.toAddress, to));
  const tokens = rows
    .filter((r) => r.key.startsWith(`${kind}:`))
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .map((r) => new RegExp(`/${kind}\\?token=([\\w-]+)`).exec(r.body)?.[1] ?? '');
  return { first: tokens[0] ?? '', last: tokens.at(-1) ?? '' };
};

describe('registering', () => {
  it('creates the user, the workspace, its owner, its settings and two e-mails in one transaction', async () => {
    const { ctx, email, input } = setUp();
    const registered = await register({ ctx, input: { ...input, timeZone: 'Asia/Tokyo' } });
    await db.asSystem(async (tx) => {
      const [person] = await tx.select().from(users).where(eq(users.id, registered.userId));
      expect(person).toMatchObject({ email, emailVerifiedAt: null, termsAcceptedAt: ctx.clock.now() });
      expect(person?.passwordHash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
      const [space] = await tx.select().from(workspaces).where(eq(workspaces.id, registered.workspaceId));
      expect(space).toMatchObject({ plan: 'free', onboardingStep: 'plan', timeZone: 'Asia/Tokyo' });
      const [member] = await tx.select().from(members).where(eq(members.userId, registered.userId));
      expect(member).toMatchObject({ workspaceId: registered.workspaceId, role: 'owner' });
      const settings = await tx
        .select()
        .from(postingSettings)
        .where(eq(postingSettings.workspaceId, registered.workspaceId));
      expect(settings).toHaveLength(1);
      const mails = await tx.select().from(emails).where(eq(emails.toAddress, email));
      expect(mails.map((m) => m.key.split(':')[0]).sort()).toEqual(['verify', 'welcome']);
      expect(mails.every((m) => m.status === 'queued')).toBe(true);
    });
    expect(ctx.events.sent.map((s) => s.name)).toEqual(['email/queued']);
  });

  it('reports an address that is already registered, ignoring case, and leaves nothing behind', async () => {
    const { ctx, email, input } = setUp();
    await register({ ctx, input });
    const before = await db.asSystem((tx) => tx.select({ id: workspaces.id }).from(workspaces));
    await expect(register({ ctx, input: { ...input, email: email.toUpperCase() } })).rejects.toMatchObject({
      code: 'conflict',
      fields: { email: { fact: 'accounts.errors.registeredHere' } },
    });
    const after = await db.asSystem((tx) => tx.select({ id: workspaces.id }).from(workspaces));
    expect(after.length).toBe(before.length);
  });

  it('lets only one of two simultaneous requests succeed', async () => {
    const { ctx, input } = setUp();
    const results = await Promise.allSettled([register({ ctx, input }), register({ ctx, input })]);
    expect(results.map((r) => r.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('replaces an unknown time zone with UTC and rejects missing terms', async () => {
    const { ctx, input } = setUp();
    const registered = await register({ ctx, input: { ...input, timeZone: 'Mars/Olympus' } });
    const [space] = await db.asSystem((tx) =>
      tx.select().from(workspaces).where(eq(workspaces.id, registered.workspaceId)),
    );
    expect(space?.timeZone).toBe('UTC');
    const parsed = registerInput.safeParse({ ...input, terms: false });
    expect(parsed.error?.issues.map((i) => i.path[0])).toEqual(['terms']);
  });

  it('stores the time zone that a browser reports under today’s name, and reads an old row under it', async () => {
    const { ctx, input } = setUp();
    const { workspaceId } = await register({ ctx, input: { ...input, timeZone: 'Asia/Calcutta' } });
    const stored = await db.asSystem((tx) =>
      tx
        .select({ zone: sql<string>`${workspaces.timeZone} || ''` })
        .from(workspaces)
        .where(eq(workspaces.id, workspaceId)),
    );
    expect(stored).toEqual([{ zone: 'Asia/Kolkata' }]);
    await db.asSystem((tx) =>
      tx.execute(sql`update workspaces set time_zone = 'Europe/Kiev' where id = ${workspaceId}`),
    );
    const [space] = await db.asSystem((tx) =>
      tx.select().from(workspaces).where(eq(workspaces.id, workspaceId)),
    );
    expect(space?.timeZone).toBe('Europe/Kyiv');
  });

  it('rate-limits repeated registrations from one client', async () => {
    const { ctx, input } = setUp();
    await db.asSystem((tx) => tx.update(throttles).set({ count: 0 }));
    await register({ ctx, input });
    await db.asSystem((tx) => tx.update(throttles).set({ count: 30 }));
    await expect(register({ ctx, input })).rejects.toMatchObject({ code: 'rate_limited' });
    ctx.clock.advance(60 * 60_000);
    await expect(register({ ctx, input })).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('the language of e-mails', () => {
  it('is the browser’s language at registration and at the most recent sign-in', async () => {
    const { ctx, email, client, input } = setUp();
    const { userId } = await register({ ctx, input: { ...input, locale: 'en' } });
    const stored = () =>
      db.asSystem(async (tx) => (await tx.select().from(users).where(eq(users.id, userId)))[0]?.locale);
    const write = (locale: string) =>
      db.asSystem((tx) => tx.update(users).set({ locale }).where(eq(users.id, userId)));
    expect(await stored()).toBe('en');
    await write('xx');
    await requestReset({ ctx, input: { email, ...client } });
    const [reset] = await readMails(db, like(emails.key, 'reset:%'));
    expect(reset?.locale).toBe('xx');
    opened(await signIn({ ctx, input: { email, password: PASSWORD, ...client } }));
    expect(await stored()).toBe('xx');
    opened(await signIn({ ctx, input: { email, password: PASSWORD, ...client, locale: 'en' } }));
    expect(await stored()).toBe('en');
  });
});

describe('a name entered by a user', () => {
  // Anyone can register with someone else's address; the name could turn our e-mail into an advertisement.
  it.each([
    'Visit http://evil.example',
    'evil.example',
    'bob@evil.example',
    'Call 0900 123456',
    '<a href="//evil.example">Mira</a>',
  ])('never appears in an e-mail to an unconfirmed address: %s', async (name) => {
    const { ctx, email, client, input } = setUp();
    const { userId, workspaceId } = await register({ ctx, input: { ...input, name } });
    await resendVerification({ ...ctx, userId, sessionId: 'none' });
    await requestReset({ ctx, input: { email, ...client } });
    const session = opened(await signIn({ ctx, input: { email, password: PASSWORD, ...client } }));
    const me = { ...ctx, userId, sessionId: session.sessionId };
    await changePassword(me, { current: PASSWORD, password: 'Another-pass-8' });
    // Stands for an e-mail from any other part of the app to this user.
    await db.asWorkspace(asWorkspaceId(workspaceId), (tx) =>
      queueEmail(tx, {
        key: `news:${userId}`,
        to: email.toUpperCase(),
        template: 'emergency-stop',
        props: {
          workspaceName: name,
          by: name,
          at: { instant: '2026-03-03T08:12:00.000Z', zone: 'UTC' },
          sending: 0,
          url: 'https://a.test',
        },
      }),
    );
    const deliver = async () => {
      const sent: string[] = [];
      await sendQueuedEmails({
        ctx,
        send: async (mail) => {
          if (mail.to.toLowerCase() === email) sent.push(`${mail.subject} ${mail.body} ${mail.html}`);
          return 'provider';
        },
      });
      return sent;
    };
    const { last } = await tokenIn(email, 'verify');
    const before = await deliver();
    expect(before).toHaveLength(5);
    for (const mail of before) for (const word of [name, 'evil', '0900']) expect(mail).not.toContain(word);
    // This e-mail is held until the owner of the mailbox confirms the address.
    await verifyEmail({ ctx, input: { token: last } });
    expect(await deliver()).toHaveLength(1);
  });

  it('is held for a week at most', async () => {
    const { ctx, email, input } = setUp();
    const { userId } = await register({ ctx, input });
    await db.asSystem((tx) =>
      queueEmail(tx, {
        key: `old:${userId}`,
        to: email,
        template: 'welcome',
        props: { url: 'x' },
        at: ctx.clock.now(),
      }),
    );
    ctx.clock.advance(7 * 86_400_000);
    await sendQueuedEmails({ ctx, send: async () => 'provider' });
    const [row] = await db.asSystem((tx) =>
      tx
        .select()
        .from(emails)
        .where(eq(emails.key, `old:${userId}`)),
    );
    expect(row).toMatchObject({ status: 'failed' });
    expect(row?.props).toEqual({});
  });

  it('is limited per mailbox as well: twenty such e-mails a day, however the address is spelled', async () => {
    const { ctx, email, input } = setUp();
    const toSpelling = async (spelling: string) => {
      await register({ ctx, input: { ...input, email: spelling } });
      const rows = await db.asSystem((tx) => tx.select().from(emails).where(eq(emails.toAddress, spelling)));
      return rows.length;
    };
    expect(await toSpelling(email.replace('@', '+a@'))).toBe(2);
    await db.asSystem((tx) =>
      tx.update(throttles).set({ count: 20 }).where(like(throttles.key, 'unasked-mail:%')),
    );
    expect(await toSpelling(email.replace('@', '+b@'))).toBe(0);
    ctx.clock.advance(24 * 3_600_000);
    expect(await toSpelling(email)).toBe(2);
  });
});

describe('changing the password', () => {
  it('notifies the user by e-mail, even at an unconfirmed address, without including any user input', async () => {
    const { ctx, email, client, input } = setUp();
    const { userId } = await register({ ctx, input });
    const { sessionId } = opened(await signIn({ ctx, input: { email, password: PASSWORD, ...client } }));
    await changePassword({ ...ctx, userId, sessionId }, { current: PASSWORD, password: 'Another-pass-8' });
    const mails = await readMails(db, eq(emails.toAddress, email));
    const notice = mails.find((mail) => mail.subject === 'Your password was changed');
    expect(notice?.body).toContain('Firefox on Linux');
    expect(notice?.body).toContain('2026-03-02 10:00 UTC');
    expect(notice?.body).not.toContain('Another-pass-8');
  });

  it('tells the time of the change in the zone of the user’s workspace', async () => {
    const { ctx, email, client, input } = setUp();
    const { userId } = await register({ ctx, input: { ...input, timeZone: 'Asia/Calcutta' } });
    const { sessionId } = opened(await signIn({ ctx, input: { email, password: PASSWORD, ...client } }));
    await changePassword({ ...ctx, userId, sessionId }, { current: PASSWORD, password: 'Another-pass-8' });
    const mails = await readMails(db, eq(emails.toAddress, email));
    const notice = mails.find((mail) => mail.subject === 'Your password was changed');
    expect(notice?.body).toContain('2026-03-02 15:30 (Asia/Kolkata)');
    expect(notice?.body).not.toContain('UTC');
  });

  it('rejects guessable passwords, passwords with personal details and the current password', async () => {
    const { ctx, email, client, input } = setUp();
    await expect(register({ ctx, input: { ...input, password: 'Password1!' } })).rejects.toMatchObject({
      code: 'invalid',
      fields: {
        password: {
          fact: 'accounts.errors.passwordGuessableHere',
          params: { reason: { fact: 'accounts.problems.stolen' } },
        },
      },
    });
    const { userId } = await register({ ctx, input });
    const { sessionId } = opened(await signIn({ ctx, input: { email, password: PASSWORD, ...client } }));
    for (const password of ['Password1!', 'M1ra-lantern-boat-7', PASSWORD])
      await expect(
        changePassword({ ...ctx, userId, sessionId }, { current: PASSWORD, password }),
      ).rejects.toMatchObject({ code: 'invalid', fields: { password: { fact: expect.any(String) } } });
  });
});

describe('confirming an address', () => {
  it('works once with the token from the e-mail, within 48 hours', async () => {
    const { ctx, email, input } = setUp();
    const { userId } = await register({ ctx, input });
    const { last: token } = await tokenIn(email, 'verify');
    expect(token.length).toBeGreaterThan(40);
    expect(await verifyEmail({ ctx, input: { token } })).toEqual({ userId });
    const [person] = await db.asSystem((tx) => tx.select().from(users).where(eq(users.id, userId)));
    expect(person?.emailVerifiedAt).toEqual(ctx.clock.now());
    await expect(verifyEmail({ ctx, input: { token } })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('rejects a forged token, an expired one, the hash itself and a password token', async () => {
    const { ctx, clock, email, client, input } = setUp();
    const { userId } = await register({ ctx, input });
    const { last: token } = await tokenIn(email, 'verify');
    const [row] = await db.asSystem((tx) =>
      tx.select().from(emailTokens).where(eq(emailTokens.userId, userId)),
    );
    await requestReset({ ctx, input: { email, ...client } });
    const { last: reset } = await tokenIn(email, 'reset');
    for (const bad of ['', 'x', `${token}x`, row?.tokenHash ?? '', reset])
      await expect(verifyEmail({ ctx, input: { token: bad } })).rejects.toMatchObject({ code: 'invalid' });
    clock.advance(48 * 3_600_000);
    await expect(verifyEmail({ ctx, input: { token } })).rejects.toMatchObject({ code: 'invalid' });
  });

  it('can be resent a limited number of times, which invalidates the previous link', async () => {
    const { ctx, email, input } = setUp();
    const { userId } = await register({ ctx, input });
    const { first } = await tokenIn(email, 'verify');
    for (let i = 0; i < 5; i++)
      expect(await resendVerification({ ...ctx, userId, sessionId: 'none' })).toEqual({ sent: true });
    await expect(resendVerification({ ...ctx, userId, sessionId: 'none' })).rejects.toMatchObject({
      code: 'rate_limited',
    });
    const { last } = await tokenIn(email, 'verify');
    expect(last).not.toBe(first);
    await expect(verifyEmail({ ctx, input: { token: first } })).rejects.toMatchObject({ code: 'invalid' });
    await verifyEmail({ ctx, input: { token: last } });
  });
});

describe('signing in', () => {
  it('opens a session, ignoring the case of the address', async () => {
    const { ctx, email, client, input } = setUp();
    const { workspaceId } = await register({ ctx, input });
    const { sessionId, userId } = opened(
      await signIn({ ctx, input: { email: ` ${email.toUpperCase()} `, password: PASSWORD, ...client } }),
    );
    expect(await viewerOfSession(ctx, sessionId)).toEqual({
      userId,
      sessionId,
      name: 'Mira',
      email,
      emailVerified: false,
      workspace: { id: workspaceId, role: 'owner' },
    });
  });

  it('responds identically to a wrong password and an unknown address', async () => {
    const { ctx, email, client, input } = setUp();
    await register({ ctx, input });
    const wrong = signIn({ ctx, input: { email, password: 'Wrong-pass-1', ...client } }).catch((e) => e);
    const unknown = signIn({
      ctx,
      input: { email: 'nobody@example.test', password: PASSWORD, ...client },
    }).catch((e) => e);
    const [a, b] = await Promise.all([wrong, unknown]);
    expect(a).toMatchObject({ code: 'unauthenticated' });
    expect({ code: b.code, message: b.message }).toEqual({ code: a.code, message: a.message });
  });

  it('counts attempts per network address, across accounts', async () => {
    const { ctx, client } = setUp();
    const results: string[] = [];
    for (let i = 0; i < 102; i++)
      results.push(
        await signIn({ ctx, input: { email: `guess${i}@example.test`, password: 'x', ...client } }).then(
          () => 'in',
          (e) => e.code,
        ),
      );
    expect(results.slice(0, 100).every((r) => r === 'unauthenticated')).toBe(true);
    expect(results.slice(100)).toEqual(['rate_limited', 'rate_limited']);
  });
});

describe('sessions', () => {
  async function twoSessions() {
    const { ctx, clock, email, client, input } = setUp();
    const { userId } = await register({ ctx, input });
    const open = async () => opened(await signIn({ ctx, input: { email, password: PASSWORD, ...client } }));
    const [one, two] = [await open(), await open()];
    return { ctx, clock, email, client, userId, one: one.sessionId, two: two.sessionId };
  }

  it('end immediately when revoked, individually or all others together', async () => {
    const { ctx, userId, one, two } = await twoSessions();
    const me = { ...ctx, userId, sessionId: one };
    expect(await listSessions(me)).toHaveLength(2);
    expect((await listSessions(me)).find((s) => s.current)).toMatchObject({
      id: one,
      device: 'Firefox on Linux',
    });
    await revokeSession(me, { id: two });
    expect(await viewerOfSession(ctx, two)).toBeNull();
    expect(await viewerOfSession(ctx, one)).not.toBeNull();
    expect(await revokeOtherSessions(me)).toEqual({ ended: 0 });
    await endSession({ ctx, input: { id: one } });
    expect(await viewerOfSession(ctx, one)).toBeNull();
  });

  it('cannot be revoked by another user, who gets no information', async () => {
    const a = await twoSessions();
    const b = await twoSessions();
    const foreign = await revokeSession(
      { ...b.ctx, userId: b.userId, sessionId: b.one },
      { id: a.one },
    ).catch((e) => e);
    const missing = await revokeSession(
      { ...b.ctx, userId: b.userId, sessionId: b.one },
      { id: newId('session') },
    ).catch((e) => e);
    expect(foreign.message).toBe(missing.message);
    expect(await viewerOfSession(a.ctx, a.one)).not.toBeNull();
  });

  it('expire after thirty days', async () => {
    const { ctx, clock, one } = await twoSessions();
    clock.advance(30 * 86_400_000 - 1);
    expect(await viewerOfSession(ctx, one)).not.toBeNull();
    clock.advance(1);
    expect(await viewerOfSession(ctx, one)).toBeNull();
  });

  it('end on a new password: the other sessions when it is changed, all of them when it is reset', async () => {
    const { ctx, email, client, userId, one, two } = await twoSessions();
    const me = { ...ctx, userId, sessionId: one };
    await expect(
      changePassword(me, { current: 'Wrong-pass-1', password: 'Another-pass-8' }),
    ).rejects.toMatchObject({
      code: 'invalid',
      fields: { current: { fact: 'accounts.errors.currentWrongHere' } },
    });
    expect(await changePassword(me, { current: PASSWORD, password: 'Another-pass-8' })).toEqual({
      endedSessions: 1,
    });
    expect(await viewerOfSession(ctx, two)).toBeNull();
    expect(await viewerOfSession(ctx, one)).not.toBeNull();

    await requestReset({ ctx, input: { email, ...client } });
    const { last: token } = await tokenIn(email, 'reset');
    expect(await checkResetLink({ ctx, input: { token } })).toEqual({ works: true });
    await resetPassword({ ctx, input: { token, password: 'Third-pass-9', ...client } });
    expect(await viewerOfSession(ctx, one)).toBeNull();
    expect(await checkResetLink({ ctx, input: { token } })).toEqual({ works: false });
    await expect(
      resetPassword({ ctx, input: { token, password: 'Fourth-pass-1', ...client } }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await expect(signIn({ ctx, input: { email, password: PASSWORD, ...client } })).rejects.toBeDefined();
    await expect(
      signIn({ ctx, input: { email, password: 'Third-pass-9', ...client } }),
    ).resolves.toBeDefined();
  });

  it('a reset for an unknown address sends no e-mail and reveals nothing', async () => {
    const { ctx, client } = setUp();
    await requestReset({ ctx, input: { email: 'nobody-here@example.test', ...client } });
    const rows = await db.asSystem((tx) =>
      tx.select().from(emails).where(eq(emails.toAddress, 'nobody-here@example.test')),
    );
    expect(rows).toHaveLength(0);
  });
});
