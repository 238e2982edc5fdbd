import { eq } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { devices, emails, signInCodes, users } from '@/db/schema';
import { sendQueuedEmails } from '@/server/domains/emails/send-queued-emails';
import { readMails } from '@/tests/support/mails';
import { changePassword } from './change-password';
import { listSessions } from './queries';
import { revokeOtherSessions, revokeSession } from './revoke-session';
import { DEVICE_ATTEMPTS, FREE_ATTEMPTS } from './sign-in';
import {
  CODE_ATTEMPTS,
  CODE_MINUTES,
  CODE_SENDS,
  codeStep as codeStepVerb,
  MAILS_AN_HOUR,
  RESEND_AFTER_MS,
} from './sign-in-code';
import { createUser, db, RIGHT_PASSWORD, WRONG_PASSWORD, wrongOf } from './test-person';
import { byVisitor, codeAsked, opened } from './testing';
import { DAY, HOUR, MINUTE } from './throttle';

const codeStep = byVisitor(codeStepVerb);

vi.mock('./password', async () => (await import('./test-doubles')).passwords);
vi.mock('@/server/domains/emails/render-email', async () => (await import('./test-doubles')).rendering);

describe('the e-mailed code', () => {
  async function asked() {
    const p = await createUser();
    await p.strangers(FREE_ATTEMPTS);
    const browser = codeAsked(await p.attempt(RIGHT_PASSWORD));
    return { ...p, browser };
  }

  it('works once, with any grouping, only in the browser that began, and for a quarter of an hour', async () => {
    const p = await asked();
    const code = await p.newestCode();
    const other = codeAsked(await p.attempt(WRONG_PASSWORD));
    await expect(p.enter(other, code)).rejects.toMatchObject({ code: 'invalid' });
    await expect(p.enter('', code)).rejects.toMatchObject({ code: 'not_found' });
    await p.enter(p.browser, ` ${code.slice(0, 4)}-${code.slice(4)} `);
    await expect(p.enter(p.browser, code)).rejects.toMatchObject({ code: 'not_found' });

    const late = codeAsked(await p.attempt(RIGHT_PASSWORD));
    p.clock.advance(CODE_MINUTES * MINUTE);
    await expect(p.enter(late, await p.newestCode())).rejects.toMatchObject({ code: 'not_found' });
    expect(await codeStep({ ctx: p.ctx, input: { browser: late } })).toBeNull();
  });

  it('is invalid after five wrong entries, even if entered correctly; malformed input costs no attempt', async () => {
    const p = await asked();
    const code = await p.newestCode();
    for (const slip of ['1', 'abcdefgh', '', `${code}0`])
      await expect(p.enter(p.browser, slip)).rejects.toMatchObject({ code: 'invalid' });
    for (let i = 1; i <= CODE_ATTEMPTS; i++)
      await expect(p.enter(p.browser, wrongOf(code))).rejects.toMatchObject({ code: 'invalid' });
    await expect(p.enter(p.browser, code)).rejects.toMatchObject({ code: 'invalid' });
    p.clock.advance(RESEND_AFTER_MS);
    expect(await p.resend(p.browser)).toMatchObject({ resendsLeft: CODE_SENDS - 2 });
    expect((await p.enter(p.browser, await p.newestCode())).userId).toBe(p.userId);
  });

  it('counts concurrent wrong entries', async () => {
    const p = await asked();
    const code = await p.newestCode();
    const bad = wrongOf(code);
    await Promise.allSettled(Array.from({ length: 12 }, () => p.enter(p.browser, bad)));
    await expect(p.enter(p.browser, code)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('lets only one of two entries of the right code succeed', async () => {
    const p = await asked();
    const code = await p.newestCode();
    const both = await Promise.allSettled([p.enter(p.browser, code), p.enter(p.browser, code)]);
    expect(both.map((r) => r.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('is replaced by a new one after a minimum wait', async () => {
    const p = await asked();
    const first = await p.newestCode();
    p.clock.advance(RESEND_AFTER_MS - 20_000);
    await expect(p.resend(p.browser)).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'We sent a code a moment ago. Wait 20 seconds and try again.',
    });
    p.clock.advance(20_000);
    await p.resend(p.browser);
    const second = await p.newestCode();
    if (second !== first) await expect(p.enter(p.browser, first)).rejects.toMatchObject({ code: 'invalid' });
    await p.enter(p.browser, second);
  });

  it('is mailed only for right passwords, and a limited number of times', async () => {
    const p = await asked();
    await p.strangers(30);
    expect(await p.codeMails()).toHaveLength(1);
    for (let i = 1; i < MAILS_AN_HOUR + 4; i++) await p.attempt(RIGHT_PASSWORD);
    expect(await p.codeMails()).toHaveLength(MAILS_AN_HOUR);
    // A code that was never mailed matches nothing; otherwise anyone with the password could keep guessing.
    const unmailed = codeAsked(await p.attempt(RIGHT_PASSWORD));
    const rows = await db.asSystem((tx) =>
      tx.select().from(signInCodes).where(eq(signInCodes.userId, p.userId)),
    );
    expect(rows.filter((row) => row.codeHash !== '')).toHaveLength(MAILS_AN_HOUR);
    await expect(p.enter(unmailed, await p.newestCode())).rejects.toMatchObject({ code: 'invalid' });
    p.clock.advance(HOUR);
    const browser = codeAsked(await p.attempt(RIGHT_PASSWORD));
    await p.enter(browser, await p.newestCode());
  });

  it('is not in the database after its e-mail was sent', async () => {
    const p = await asked();
    const code = await p.newestCode();
    const sent: string[] = [];
    await sendQueuedEmails({
      ctx: p.ctx,
      send: async ({ to, body }) => {
        if (to === p.email) sent.push(body);
        return 'provider';
      },
    });
    expect(sent).toHaveLength(1);
    expect(sent[0]?.replace(' ', '')).toContain(code);
    const everything = JSON.stringify(
      await db.asSystem(async (tx) => [
        await tx.select().from(signInCodes).where(eq(signInCodes.userId, p.userId)),
        await tx.select().from(emails).where(eq(emails.toAddress, p.email)),
      ]),
    );
    expect(everything.replaceAll(' ', '')).not.toContain(code);
    await p.enter(p.browser, code);
  });

  it('is invalid after a password change', async () => {
    const p = await asked();
    const known = await p.enter(p.browser, await p.newestCode());
    const waiting = codeAsked(await p.attempt(RIGHT_PASSWORD));
    await changePassword(
      { ...p.ctx, userId: p.userId, sessionId: known.sessionId },
      { current: RIGHT_PASSWORD, password: 'Lantern-pebble-62' },
    );
    await expect(p.enter(waiting, await p.newestCode())).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a known browser', () => {
  it('has its own attempts, and counts as unknown once they are used up', async () => {
    const p = await createUser();
    const { device } = opened(await p.attempt(RIGHT_PASSWORD));
    await p.strangers(FREE_ATTEMPTS);
    for (let i = 0; i < DEVICE_ATTEMPTS; i++)
      expect((await p.refused(WRONG_PASSWORD, { devices: [device] })).code).toBe('unauthenticated');
    codeAsked(await p.attempt(RIGHT_PASSWORD, { devices: [device] }));
    p.clock.advance(DAY);
    opened(await p.attempt(RIGHT_PASSWORD, { devices: [device] }));
  });

  it('is not recognized by forged tokens or tokens of another user', async () => {
    const p = await createUser();
    const other = await createUser();
    const { device } = opened(await p.attempt(RIGHT_PASSWORD));
    const foreign = opened(await other.attempt(RIGHT_PASSWORD)).device;
    await p.strangers(FREE_ATTEMPTS);
    const [body = '', mac = ''] = device.split('.');
    const shifted = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), exp: 9e15 }),
    ).toString('base64url');
    for (const forged of [foreign, `${body}.x`, `${shifted}.${mac}`, body, '', 'a.b', '%00.%00'])
      codeAsked(await p.attempt(RIGHT_PASSWORD, { devices: [forged] }));
    // Several users may share a browser: one valid token among others is enough.
    opened(await p.attempt(RIGHT_PASSWORD, { devices: [foreign, device] }));
  });

  it.each([
    [
      'its session is signed out from another browser',
      async (ctx: Parameters<typeof revokeSession>[0], id: string) => revokeSession(ctx, { id }),
    ],
    [
      'all other sessions are signed out',
      async (ctx: Parameters<typeof revokeSession>[0]) => revokeOtherSessions(ctx),
    ],
    [
      'the password is changed in another browser',
      async (ctx: Parameters<typeof revokeSession>[0]) =>
        changePassword(ctx, { current: RIGHT_PASSWORD, password: 'Lantern-pebble-62' }),
    ],
  ])('is forgotten when %s, except the browser that did it', async (_, act) => {
    const p = await createUser();
    const lost = opened(await p.attempt(RIGHT_PASSWORD));
    const mine = opened(await p.attempt(RIGHT_PASSWORD));
    await act({ ...p.ctx, userId: p.userId, sessionId: mine.sessionId }, lost.sessionId);
    await p.strangers(FREE_ATTEMPTS);
    const [row] = await db.asSystem((tx) => tx.select().from(users).where(eq(users.id, p.userId)));
    const password = row?.passwordHash.slice('$argon2 '.length) ?? '';
    codeAsked(await p.attempt(password, { devices: [lost.device] }));
    opened(await p.attempt(password, { devices: [mine.device] }));
    // The owner is notified.
    const mails = await readMails(db, eq(emails.toAddress, p.email));
    expect(mails.filter((m) => m.subject === 'security-notice')).toHaveLength(1);
  });

  it('expires if unused, and is renewed by use', async () => {
    const p = await createUser();
    let { device } = opened(await p.attempt(RIGHT_PASSWORD));
    for (let i = 0; i < 3; i++) {
      p.clock.advance(60 * DAY);
      device = opened(await p.attempt(RIGHT_PASSWORD, { devices: [device] })).device;
    }
    expect(
      await db.asSystem((tx) => tx.select().from(devices).where(eq(devices.userId, p.userId))),
    ).toHaveLength(1);
    p.clock.advance(90 * DAY);
    await p.strangers(FREE_ATTEMPTS);
    codeAsked(await p.attempt(RIGHT_PASSWORD, { devices: [device] }));
  });

  it('survives signing out', async () => {
    const p = await createUser();
    const { device, sessionId } = opened(await p.attempt(RIGHT_PASSWORD));
    const { endSession } = await import('./revoke-session');
    await endSession({ ctx: p.ctx, input: { id: sessionId } });
    await p.strangers(FREE_ATTEMPTS);
    const again = opened(await p.attempt(RIGHT_PASSWORD, { devices: [device] }));
    expect(await listSessions({ ...p.ctx, userId: p.userId, sessionId: again.sessionId })).toHaveLength(1);
  });
});
