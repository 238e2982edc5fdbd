import { eq, like, sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import type { Tx } from '@/db/client';
import { emails, signInCodes, throttles, users } from '@/db/schema';
import { testDriver } from '@/tests/support/db';
import { eventually } from '@/tests/support/eventually';
import { readMails } from '@/tests/support/mails';
import {
  cancelEmailChange,
  confirmEmailChange as confirmEmailChangeVerb,
  pendingEmail,
  requestEmailChange,
  resendEmailChange,
} from './change-email';
import { changePassword } from './change-password';
import { PROOF_ATTEMPTS } from './prove-password';
import { requestReset as requestResetVerb } from './request-reset';
import { resetPassword as resetPasswordVerb } from './reset-password';
import { VERIFY_HOURS } from './schemas';
import { FREE_ATTEMPTS } from './sign-in';
import { counter, createUser, db, RIGHT_PASSWORD, unusedIp, WRONG_PASSWORD } from './test-person';
import { byVisitor, codeAsked, opened } from './testing';
import { HOUR, MINUTE } from './throttle';

const confirmEmailChange = byVisitor(confirmEmailChangeVerb);
const requestReset = byVisitor(requestResetVerb);
const resetPassword = byVisitor(resetPasswordVerb);

vi.mock('./password', async () => (await import('./test-doubles')).passwords);
vi.mock('@/server/domains/emails/render-email', async () => (await import('./test-doubles')).rendering);

describe('a new address', () => {
  const NEW = () => `new-${counter}@example.test`;
  const mailsTo = async (address: string) =>
    (await readMails(db, eq(emails.toAddress, address))).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const tokenTo = async (address: string) =>
    /token=([\w-]+)/.exec((await mailsTo(address)).at(-1)?.body ?? '')?.[1] ?? '';

  it.each(['changed', 'reset'])('that is pending is discarded when the password is %s', async (how) => {
    const p = await createUser();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT_PASSWORD)).sessionId };
    await requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD });
    const token = await tokenTo(NEW());
    const from = { ip: unusedIp(), userAgent: null };
    if (how === 'changed')
      await changePassword(me, { current: RIGHT_PASSWORD, password: 'Lantern-pebble-62' });
    else {
      await requestReset({ ctx: p.ctx, input: { email: p.email, ...from } });
      const reset = await tokenTo(p.email);
      await resetPassword({ ctx: p.ctx, input: { token: reset, password: 'Lantern-pebble-62', ...from } });
    }
    await expect(confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } })).rejects.toMatchObject(
      { code: 'invalid' },
    );
    opened(await p.attempt('Lantern-pebble-62'));
  });

  it('takes effect when its mailbox confirms it; both addresses are notified, and earlier links to the old mailbox stop working', async () => {
    const p = await createUser();
    const session = opened(await p.attempt(RIGHT_PASSWORD));
    const me = { ...p.ctx, userId: p.userId, sessionId: session.sessionId };
    await requestReset({ ctx: p.ctx, input: { email: p.email, ip: unusedIp(), userAgent: null } });
    const reset = await tokenTo(p.email);
    expect(await requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD })).toEqual({
      sentTo: NEW(),
    });
    opened(await p.attempt(RIGHT_PASSWORD));
    const token = await tokenTo(NEW());
    await confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } });
    expect((await p.refused(RIGHT_PASSWORD)).code).toBe('unauthenticated');
    opened(await p.attempt(RIGHT_PASSWORD, { email: NEW() }));
    const changesTo = async (address: string) =>
      (await mailsTo(address))
        .filter((m) => m.subject === 'security-notice')
        .map((m) => JSON.parse(m.body).change);
    expect(await changesTo(p.email)).toEqual(['email_asked', 'email_changed']);
    expect(await changesTo(NEW())).toEqual(['email_changed']);
    const from = { ip: unusedIp(), userAgent: null };
    await expect(
      resetPassword({ ctx: p.ctx, input: { token: reset, password: 'Lantern-pebble-62', ...from } }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await expect(confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } })).rejects.toMatchObject(
      {
        code: 'invalid',
      },
    );
  });

  it('is refused with a message if another user takes the address at the last moment', async () => {
    const other = await createUser();
    const p = await createUser();
    const session = opened(await p.attempt(RIGHT_PASSWORD));
    const me = { ...p.ctx, userId: p.userId, sessionId: session.sessionId };
    await requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD });
    const token = await tokenTo(NEW());
    await db.asSystem((tx) => tx.update(users).set({ email: NEW() }).where(eq(users.id, other.userId)));
    // Simulates that the check for an existing address ran before that.
    const blind = (tx: Tx) =>
      new Proxy(tx, {
        get(target, key) {
          const value = Reflect.get(target, key);
          if (key === 'select')
            return (fields?: Record<string, never>) =>
              Object.keys(fields ?? {}).join() === 'id'
                ? { from: () => ({ where: async () => [] }) }
                : target.select(fields as never);
          return typeof value === 'function' ? value.bind(target) : value;
        },
      });
    const late = {
      ...db,
      asSystem: <T>(work: (tx: Tx) => Promise<T>) => db.asSystem((tx) => work(blind(tx))),
    };
    await expect(
      confirmEmailChange({ ctx: { ...p.ctx, db: late }, input: { token, userAgent: null } }),
    ).rejects.toMatchObject({ code: 'conflict', message: expect.stringContaining('Another account') });
  });

  it('requires the password and an address that is free, both at the request and at confirmation', async () => {
    const other = await createUser();
    const p = await createUser();
    const session = opened(await p.attempt(RIGHT_PASSWORD));
    const ask = (email: string, current = RIGHT_PASSWORD) =>
      requestEmailChange({ ...p.ctx, userId: p.userId, sessionId: session.sessionId }, { email, current });
    await expect(ask(NEW(), WRONG_PASSWORD)).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask(p.email.toUpperCase())).rejects.toMatchObject({ code: 'invalid' });
    await expect(ask(other.email.toUpperCase())).rejects.toMatchObject({ code: 'conflict' });
    await ask(NEW());
    const older = await tokenTo(NEW());
    await ask(NEW());
    await expect(
      confirmEmailChange({ ctx: p.ctx, input: { token: older, userAgent: null } }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await db.asSystem((tx) => tx.update(users).set({ email: NEW() }).where(eq(users.id, other.userId)));
    await expect(
      confirmEmailChange({ ctx: p.ctx, input: { token: await tokenTo(NEW()), userAgent: null } }),
    ).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is shown while pending and can be cancelled, which invalidates its link', async () => {
    const p = await createUser();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT_PASSWORD)).sessionId };
    expect(await pendingEmail(me)).toBeNull();
    expect(await cancelEmailChange(me)).toEqual({ cancelled: false });
    await requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD });
    const ends = new Date(p.clock.now().getTime() + VERIFY_HOURS * HOUR);
    expect(await pendingEmail(me)).toEqual({ email: NEW(), expiresAt: ends });
    const stranger = await createUser();
    expect(await pendingEmail({ ...stranger.ctx, userId: stranger.userId, sessionId: 'none' })).toBeNull();
    await cancelEmailChange({ ...stranger.ctx, userId: stranger.userId, sessionId: 'none' });
    expect(await cancelEmailChange(me)).toEqual({ cancelled: true });
    expect(await pendingEmail(me)).toBeNull();
    const token = await tokenTo(NEW());
    await expect(confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } })).rejects.toMatchObject(
      { code: 'invalid' },
    );
    await requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD });
    p.clock.advance(VERIFY_HOURS * HOUR);
    expect(await pendingEmail(me)).toBeNull();
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('can be mailed again with a new link to the same address, only while pending', async () => {
    const p = await createUser();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT_PASSWORD)).sessionId };
    const confirm = (token: string) => confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } });
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
    await requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD });
    const older = await tokenTo(NEW());
    p.clock.advance(HOUR);
    expect(await resendEmailChange(me)).toEqual({ sentTo: NEW() });
    const newer = await tokenTo(NEW());
    expect(newer).not.toBe(older);
    expect((await pendingEmail(me))?.expiresAt).toEqual(
      new Date(p.clock.now().getTime() + VERIFY_HOURS * HOUR),
    );
    await expect(confirm(older)).rejects.toMatchObject({ code: 'invalid' });
    // A refusal leaves the last link valid.
    for (let i = 0; i < 4; i++) await resendEmailChange(me);
    const last = await tokenTo(NEW());
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'rate_limited' });
    await confirm(last);
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'rate_limited' });
    p.clock.advance(HOUR);
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
    opened(await p.attempt(RIGHT_PASSWORD, { email: NEW() }));
  });

  it('counts wrong passwords separately: they use up none of the daily e-mails, and their wait is short', async () => {
    const p = await createUser();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT_PASSWORD)).sessionId };
    const ask = (current: string) => requestEmailChange(me, { email: NEW(), current });
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < PROOF_ATTEMPTS; i++)
        await expect(ask(WRONG_PASSWORD)).rejects.toMatchObject({ code: 'invalid' });
      await expect(ask(RIGHT_PASSWORD)).rejects.toMatchObject({
        code: 'rate_limited',
        message: expect.stringContaining('Wait 15 minutes'),
      });
      p.clock.advance(15 * MINUTE);
    }
    for (let i = 0; i < 10; i++) await ask(RIGHT_PASSWORD);
    await expect(ask(RIGHT_PASSWORD)).rejects.toMatchObject({
      code: 'rate_limited',
      message: expect.stringContaining('Wait 24 hours'),
    });
    // The e-mails are used up, but not the password attempts.
    await changePassword(me, { current: RIGHT_PASSWORD, password: 'Lantern-pebble-62' });
  });

  it('is mailed at most ten times a day; resend requests without a pending change do not count', async () => {
    const p = await createUser();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT_PASSWORD)).sessionId };
    for (let hour = 0; hour < 2; hour++) {
      for (let i = 0; i < 5; i++)
        await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
      p.clock.advance(HOUR);
    }
    const ask = () => requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD });
    for (let i = 0; i < 8; i++) await ask();
    await resendEmailChange(me);
    await resendEmailChange(me);
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(ask()).rejects.toMatchObject({ code: 'rate_limited' });
    // A refusal leaves the last link valid.
    expect(await pendingEmail(me)).toMatchObject({ email: NEW() });
  });

  describe.skipIf(testDriver() === 'pglite')('concurrent changes', () => {
    /** Starts operations while rows are locked, each once all previous ones are blocked on a lock, and returns their outcomes. */
    const beside = async (lock: (tx: Tx) => Promise<unknown>, works: (() => Promise<unknown>)[]) => {
      const begun: Promise<unknown>[] = [];
      await db.asSystem(async (holder) => {
        await lock(holder);
        for (const work of works) {
          begun.push(work().catch((error: unknown) => error));
          await eventually(async () => {
            const { rows } = (await db.asSystem((tx) =>
              tx.execute(
                sql`select distinct l.pid from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()`,
              ),
            )) as unknown as { rows: unknown[] };
            expect(rows).toHaveLength(begun.length);
          });
        }
      });
      return Promise.all(begun);
    };
    /** Creates a user with a pending address change. */
    const begun = async () => {
      const p = await createUser();
      const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT_PASSWORD)).sessionId };
      await requestEmailChange(me, { email: NEW(), current: RIGHT_PASSWORD });
      return { p, me };
    };
    const renew = (me: Parameters<typeof changePassword>[0]) =>
      changePassword(me, { current: RIGHT_PASSWORD, password: 'Lantern-pebble-62' });
    /** Locks the rows that a resend needs between the old link and the new one. */
    const mails = (tx: Tx) =>
      tx.select().from(throttles).where(like(throttles.key, 'unasked-mail:%')).for('update');

    it.each(['changes', 'cancels'])(
      'a link that is being resent is invalid when the user %s',
      async (how) => {
        const { me } = await begun();
        const [sent, ended] = await beside(mails, [
          () => resendEmailChange(me),
          () => (how === 'changes' ? renew(me) : cancelEmailChange(me)),
        ]);
        expect(sent).toEqual({ sentTo: NEW() });
        expect(ended).toEqual(how === 'changes' ? { endedSessions: 0 } : { cancelled: true });
        expect(await pendingEmail(me)).toBeNull();
      },
    );

    it('a link used during a password change is invalid, and the two do not deadlock', async () => {
      const { p, me } = await begun();
      const token = await tokenTo(NEW());
      await p.strangers(FREE_ATTEMPTS + 1);
      codeAsked(await p.attempt(RIGHT_PASSWORD));
      const codes = (tx: Tx) =>
        tx.select().from(signInCodes).where(eq(signInCodes.userId, p.userId)).for('update');
      const [changed, confirmed] = await beside(codes, [
        () => renew(me),
        () => confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } }),
      ]);
      expect(changed).toEqual({ endedSessions: 0 });
      expect(confirmed).toMatchObject({ code: 'invalid' });
    });
  });

  it('grants a session no second set of password guesses', async () => {
    const p = await createUser();
    const session = opened(await p.attempt(RIGHT_PASSWORD));
    const me = { ...p.ctx, userId: p.userId, sessionId: session.sessionId };
    for (let i = 0; i < PROOF_ATTEMPTS; i++)
      await requestEmailChange(me, { email: NEW(), current: WRONG_PASSWORD }).catch(() => {});
    await expect(
      changePassword(me, { current: RIGHT_PASSWORD, password: 'Lantern-pebble-62' }),
    ).rejects.toMatchObject({ code: 'rate_limited' });
  });
});
