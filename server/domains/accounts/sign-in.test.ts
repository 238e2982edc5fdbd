import { and, eq, like, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Db, Tx } from '@/db/client';
import { devices, emails, signInCodes, throttles, users } from '@/db/schema';
import { sendQueuedEmails } from '@/server/domains/emails/send-queued-emails';
import { ManualClock } from '@/server/foundation/clock';
import { isAppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import { freshDb, testDriver } from '@/tests/support/db';
import { readMails } from '@/tests/support/mails';
import { RecordedEvents } from '@/tests/support/world';
import {
  cancelEmailChange,
  confirmEmailChange as confirmEmailChangeVerb,
  pendingEmail,
  requestEmailChange,
  resendEmailChange,
} from './change-email';
import { changePassword } from './change-password';
import { PROOF_TRIES } from './prove-password';
import { listSessions, viewerOfSession } from './queries';
import { requestReset as requestResetVerb } from './request-reset';
import { resetPassword as resetPasswordVerb } from './reset-password';
import { revokeOtherSessions, revokeSession } from './revoke-session';
import { VERIFY_HOURS } from './schemas';
import { DEVICE_TRIES, FREE_TRIES, PLACE_TRIES, signIn as signInVerb } from './sign-in';
import {
  CODE_MINUTES,
  CODE_SENDS,
  CODE_TRIES,
  codeStep as codeStepVerb,
  enterCode as enterCodeVerb,
  MAILS_AN_HOUR,
  RESEND_AFTER_MS,
  resendCode as resendCodeVerb,
} from './sign-in-code';
import { byVisitor, codeAsked, opened } from './testing';
import { DAY, HOUR, MINUTE } from './throttle';
import { tidyAccounts } from './tidy';

const confirmEmailChange = byVisitor(confirmEmailChangeVerb);
const requestReset = byVisitor(requestResetVerb);
const resetPassword = byVisitor(resetPasswordVerb);
const signIn = byVisitor(signInVerb);
const codeStep = byVisitor(codeStepVerb);
const enterCode = byVisitor(enterCodeVerb);
const resendCode = byVisitor(resendCodeVerb);

// Hashing is slow on purpose; here it is counted. The e-mails' looks are tested where they are rendered.
const work = vi.hoisted(() => ({ hashes: 0, rendered: [] as string[] }));
vi.mock('./password', () => ({
  hashPassword: async (password: string) => {
    work.hashes++;
    return `$argon2 ${password}`;
  },
  checkPassword: async (stored: string | null, password: string) => {
    work.hashes++;
    return stored === `$argon2 ${password}`;
  },
}));
vi.mock('@/server/domains/emails/render-email', () => ({
  renderRow: async ({ template, props }: { template: string; props: object }) => {
    work.rendered.push(template);
    return { subject: template, html: JSON.stringify(props), body: JSON.stringify(props) };
  },
}));

let db: Db;
beforeAll(async () => {
  db = await freshDb();
  return () => db.close();
});
beforeEach(() => db.asSystem((tx) => tx.delete(throttles)).then(() => undefined));

const RIGHT = 'Kettle-boat-41';
const WRONG = 'Not-the-one-9';
let counter = 0;
let places = 0;
/** A network address that nobody has used. */
const elsewhere = () => {
  places++;
  return `10.${(places >> 16) & 255}.${(places >> 8) & 255}.${places & 255}`;
};

async function person({ confirmed = true } = {}) {
  counter++;
  const clock = new ManualClock('2026-03-02T10:00:00Z');
  const ctx = { db, clock, events: new RecordedEvents() };
  const userId = newId('user');
  const email = `ines${counter}@example.test`;
  await db.asSystem((tx) =>
    tx.insert(users).values({
      id: userId,
      email,
      name: 'Ines',
      passwordHash: `$argon2 ${RIGHT}`,
      emailVerifiedAt: confirmed ? clock.now() : null,
      termsAcceptedAt: clock.now(),
    }),
  );
  const attempt = (password: string, more: { ip?: string; devices?: string[]; email?: string } = {}) =>
    signIn({
      ctx,
      input: { email, password, ip: more.ip ?? elsewhere(), userAgent: 'Firefox/140.0 Linux', ...more },
    });
  const refused = async (password: string, more: Parameters<typeof attempt>[1] = {}) => {
    const error = await attempt(password, more).catch((e) => e);
    if (!isAppError(error)) throw new Error('it was not refused');
    return error;
  };
  /** What strangers do: so many wrong passwords, each from another address. */
  const strangers = async (times: number) => {
    for (let i = 0; i < times; i++) await attempt(WRONG).catch(() => {});
  };
  const codeMails = async () =>
    (await readMails(db, and(eq(emails.toAddress, email), like(emails.key, 'code:%')))).toSorted((a, b) =>
      a.id < b.id ? -1 : 1,
    );
  const newestCode = async () =>
    String(JSON.parse((await codeMails()).at(-1)?.body ?? '{}').code).replace(' ', '');
  const enter = (browser: string, code: string) =>
    enterCode({ ctx, input: { browser, code, ip: elsewhere(), userAgent: null } });
  const resend = (browser: string) =>
    resendCode({ ctx, input: { browser, ip: elsewhere(), userAgent: null } });
  return { clock, ctx, userId, email, attempt, refused, strangers, codeMails, newestCode, enter, resend };
}
const wrongOf = (code: string) => (code === '00000000' ? '11111111' : '00000000');

describe('wrong passwords by strangers', () => {
  it('keep nobody out: a known browser needs its password, another one a code too', async () => {
    const p = await person();
    const known = opened(await p.attempt(RIGHT));
    await p.strangers(60);
    expect(opened(await p.attempt(RIGHT, { devices: [known.device] })).userId).toBe(p.userId);
    const browser = codeAsked(await p.attempt(RIGHT));
    const session = await p.enter(browser, await p.newestCode());
    expect(await viewerOfSession(p.ctx, session.sessionId)).toMatchObject({ userId: p.userId });
    // That browser is known from now on.
    expect(opened(await p.attempt(RIGHT, { devices: [session.device] })).userId).toBe(p.userId);
  });

  it('let no guess through without the code, however many come at once', async () => {
    const p = await person();
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        p.attempt(WRONG).then(
          (o) => o.kind,
          (e) => e.code,
        ),
      ),
    );
    expect(results.filter((r) => r === 'unauthenticated')).toHaveLength(FREE_TRIES);
    expect(results.filter((r) => r === 'code')).toHaveLength(20 - FREE_TRIES);
  });

  it('end after a day, and right passwords never count', async () => {
    const p = await person();
    for (let i = 0; i < FREE_TRIES + 3; i++) opened(await p.attempt(RIGHT));
    await p.strangers(FREE_TRIES);
    codeAsked(await p.attempt(RIGHT));
    p.clock.advance(DAY);
    opened(await p.attempt(RIGHT));
  });

  it('follow a model of tries, browsers and time', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('try' as const), right: fc.boolean(), known: fc.boolean() }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(MINUTE, HOUR, 12 * HOUR, DAY) }),
      fc.record({ kind: fc.constant('code' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const p = await person();
        const { device } = opened(await p.attempt(RIGHT));
        const window = (limit: number) => {
          let count = 0;
          let ends = 0;
          const take = () => {
            const now = p.clock.now().getTime();
            if (now >= ends) {
              count = 0;
              ends = now + DAY;
            }
            count++;
            return count > limit;
          };
          return {
            take,
            giveBack: () => {
              count--;
            },
          };
        };
        const account = window(FREE_TRIES);
        const own = window(DEVICE_TRIES);
        // The sign-in above took its attempt and got it back: its window has begun.
        account.take();
        account.giveBack();
        for (const s of steps) {
          if (s.kind === 'wait') {
            p.clock.advance(s.ms);
            continue;
          }
          if (s.kind === 'code') {
            // Whatever happened before: the owner comes in with the password and, where it is asked for, the code of the mailbox.
            p.clock.advance(HOUR);
            const expected = account.take();
            const outcome = await p.attempt(RIGHT);
            expect(outcome.kind).toBe(expected ? 'code' : 'open');
            if (outcome.kind === 'code') await p.enter(outcome.browser, await p.newestCode());
            else account.giveBack();
            continue;
          }
          const byDevice = s.known && !own.take();
          const guarded = !byDevice && account.take();
          const outcome = await p
            .attempt(s.right ? RIGHT : WRONG, s.known ? { devices: [device] } : {})
            .then((o) => o.kind)
            .catch((e) => e.code);
          expect(outcome).toBe(guarded ? 'code' : s.right ? 'open' : 'unauthenticated');
          if (outcome === 'open') (byDevice ? own : account).giveBack();
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe('the limit by network address', () => {
  const full = async (p: Awaited<ReturnType<typeof person>>, ip: string) => {
    await p.attempt(WRONG, { ip, email: 'nobody@example.test' }).catch(() => {});
    await db.asSystem((tx) =>
      tx.update(throttles).set({ count: PLACE_TRIES }).where(like(throttles.key, 'sign-in-from:%')),
    );
  };

  it('says when to try again, for a whole IPv6 network at once, and spares known browsers', async () => {
    const p = await person();
    const { device } = opened(await p.attempt(RIGHT));
    await full(p, '2001:db8:1:2:aaaa::1');
    p.clock.advance(5 * MINUTE);
    expect(await p.refused(RIGHT, { ip: '2001:db8:1:2:bbbb::2' })).toMatchObject({
      code: 'rate_limited',
      message: 'There were too many tries. Wait 10 minutes and try again.',
    });
    opened(await p.attempt(RIGHT, { ip: '2001:db8:1:3::1' }));
    opened(await p.attempt(RIGHT, { ip: '2001:db8:1:2:cccc::3', devices: [device] }));
    p.clock.advance(10 * MINUTE);
    opened(await p.attempt(RIGHT, { ip: '2001:db8:1:2:bbbb::2' }));
  });

  it('takes an IPv4 address in IPv6 clothes for the same', async () => {
    const p = await person();
    await full(p, '::ffff:192.0.2.77');
    expect((await p.refused(RIGHT, { ip: '192.0.2.77' })).code).toBe('rate_limited');
  });

  it('stops nobody else’s guesses from being counted, and known and unknown alike', async () => {
    const p = await person();
    await full(p, '192.0.2.78');
    const [known, unknown] = [
      await p.refused(RIGHT, { ip: '192.0.2.78' }),
      await p.refused(RIGHT, { ip: '192.0.2.78', email: 'nobody@example.test' }),
    ];
    expect({ ...unknown, message: unknown.message }).toEqual({ ...known, message: known.message });
  });
});

/** Runs a verb and answers what it did to the database, by kind and table, and how often it hashed, rendered and sent events. */
async function workOf(run: (watched: { db: Db; events: RecordedEvents }) => Promise<unknown>) {
  const statements: string[] = [];
  const nameOf = (table: unknown) =>
    (table as Record<symbol, string>)[Symbol.for('drizzle:Name')] ?? 'unknown table';
  const watch = (tx: Tx): Tx =>
    new Proxy(tx, {
      get(target, key, receiver) {
        if (key === 'insert' || key === 'update' || key === 'delete')
          return (table: never) => {
            statements.push(`${key} ${nameOf(table)}`);
            return target[key](table);
          };
        if (key === 'select') statements.push('select');
        return Reflect.get(target, key, receiver);
      },
    });
  const watched: Db = {
    ...db,
    asSystem: (work) => {
      statements.push('begin');
      return db.asSystem((tx) => work(watch(tx)));
    },
  };
  const events = new RecordedEvents();
  work.hashes = 0;
  work.rendered = [];
  const answer = await run({ db: watched, events }).then(
    (value) => value,
    (e) => ({ code: e.code, message: e.message, fields: e.fields }),
  );
  return {
    answer,
    work: { statements, hashes: work.hashes, rendered: work.rendered, events: events.sent },
  };
}

describe('what an answer costs', () => {
  const NOBODY = 'nobody-at-all@example.test';
  const shapeOf = (answer: unknown) =>
    JSON.stringify(answer, (key, value) => (key === 'browser' ? value.length : value));

  it('is the same for a wrong password and an unknown address, before and after a code is asked for', async () => {
    const p = await person();
    for (let i = 0; i < FREE_TRIES + 2; i++) {
      const run = (email: string) =>
        workOf((watched) =>
          signIn({
            ctx: { ...p.ctx, ...watched },
            input: { email, password: WRONG, ip: elsewhere(), userAgent: null },
          }),
        );
      const [a, b] = [await run(p.email), await run(NOBODY)];
      expect(b.work).toEqual(a.work);
      expect(shapeOf(b.answer)).toBe(shapeOf(a.answer));
      expect(a.work.hashes).toBe(1);
    }
  });

  it('is the same for the right password, once a code is asked for', async () => {
    const p = await person();
    await p.strangers(FREE_TRIES);
    for (let i = 0; i < FREE_TRIES; i++) await p.attempt(WRONG, { email: NOBODY }).catch(() => {});
    const run = (email: string, password: string) =>
      workOf((watched) =>
        signIn({
          ctx: { ...p.ctx, ...watched },
          input: { email, password, ip: elsewhere(), userAgent: null },
        }),
      );
    const right = await run(p.email, RIGHT);
    expect(right.answer).toMatchObject({ kind: 'code' });
    for (const other of [await run(p.email, WRONG), await run(NOBODY, RIGHT)]) {
      expect(other.work).toEqual(right.work);
      expect(shapeOf(other.answer)).toBe(shapeOf(right.answer));
    }
  });

  it('is the same for every wrong code and every new code', async () => {
    const p = await person();
    await p.strangers(FREE_TRIES);
    for (let i = 0; i < FREE_TRIES; i++) await p.attempt(WRONG, { email: NOBODY }).catch(() => {});
    const browsers = [
      codeAsked(await p.attempt(RIGHT)),
      codeAsked(await p.attempt(WRONG)),
      codeAsked(await p.attempt(RIGHT, { email: NOBODY })),
    ];
    const bad = wrongOf(await p.newestCode());
    const ofAll = async (verb: 'enter' | 'resend') => {
      const all = [];
      for (const browser of browsers)
        all.push(
          await workOf((watched) => {
            const ctx = { ...p.ctx, ...watched };
            const input = { browser, ip: elsewhere(), userAgent: null };
            return verb === 'enter'
              ? enterCode({ ctx, input: { ...input, code: bad } })
              : resendCode({ ctx, input });
          }),
        );
      expect(all[1]).toEqual(all[0]);
      expect(all[2]).toEqual(all[0]);
      return all[0];
    };
    for (let i = 0; i <= CODE_TRIES; i++) await ofAll('enter');
    expect(await ofAll('resend')).toMatchObject({ answer: { code: 'rate_limited' } });
    for (let i = 1; i < CODE_SENDS; i++) {
      p.clock.advance(RESEND_AFTER_MS);
      await ofAll('resend');
      await ofAll('enter');
    }
    p.clock.advance(RESEND_AFTER_MS);
    expect(await ofAll('resend')).toMatchObject({ answer: { code: 'not_found' } });
    p.clock.advance(CODE_MINUTES * MINUTE);
    expect(await ofAll('enter')).toMatchObject({ answer: { code: 'not_found' } });
  });

  it('is the same for asking for a new password, also when it was asked too often', async () => {
    const p = await person();
    for (let i = 0; i < 7; i++) {
      const all = [];
      for (const email of [p.email, NOBODY])
        all.push(
          await workOf((watched) =>
            requestReset({
              ctx: { ...p.ctx, ...watched },
              input: { email, ip: elsewhere(), userAgent: null },
            }),
          ),
        );
      expect(all[1]).toEqual(all[0]);
    }
  });
});

describe('the code of the e-mail', () => {
  async function asked() {
    const p = await person();
    await p.strangers(FREE_TRIES);
    const browser = codeAsked(await p.attempt(RIGHT));
    return { ...p, browser };
  }

  it('works once, however it is grouped, only in the browser that began, and for a quarter of an hour', async () => {
    const p = await asked();
    const code = await p.newestCode();
    const other = codeAsked(await p.attempt(WRONG));
    await expect(p.enter(other, code)).rejects.toMatchObject({ code: 'invalid' });
    await expect(p.enter('', code)).rejects.toMatchObject({ code: 'not_found' });
    await p.enter(p.browser, ` ${code.slice(0, 4)}-${code.slice(4)} `);
    await expect(p.enter(p.browser, code)).rejects.toMatchObject({ code: 'not_found' });

    const late = codeAsked(await p.attempt(RIGHT));
    p.clock.advance(CODE_MINUTES * MINUTE);
    await expect(p.enter(late, await p.newestCode())).rejects.toMatchObject({ code: 'not_found' });
    expect(await codeStep({ ctx: p.ctx, input: { browser: late } })).toBeNull();
  });

  it('is dead after five wrong ones, also the right one; what cannot be a code costs none', async () => {
    const p = await asked();
    const code = await p.newestCode();
    for (const slip of ['1', 'abcdefgh', '', `${code}0`])
      await expect(p.enter(p.browser, slip)).rejects.toMatchObject({ code: 'invalid' });
    for (let i = 1; i <= CODE_TRIES; i++)
      await expect(p.enter(p.browser, wrongOf(code))).rejects.toMatchObject({ code: 'invalid' });
    await expect(p.enter(p.browser, code)).rejects.toMatchObject({ code: 'invalid' });
    p.clock.advance(RESEND_AFTER_MS);
    expect(await p.resend(p.browser)).toMatchObject({ resendsLeft: CODE_SENDS - 2 });
    expect((await p.enter(p.browser, await p.newestCode())).userId).toBe(p.userId);
  });

  it('counts wrong ones that come at once', async () => {
    const p = await asked();
    const code = await p.newestCode();
    const bad = wrongOf(code);
    await Promise.allSettled(Array.from({ length: 12 }, () => p.enter(p.browser, bad)));
    await expect(p.enter(p.browser, code)).rejects.toMatchObject({ code: 'invalid' });
  });

  it('lets one of two entries of the right code pass', async () => {
    const p = await asked();
    const code = await p.newestCode();
    const both = await Promise.allSettled([p.enter(p.browser, code), p.enter(p.browser, code)]);
    expect(both.map((r) => r.status).toSorted()).toEqual(['fulfilled', 'rejected']);
  });

  it('is replaced by a new one, which has to be waited for', async () => {
    const p = await asked();
    const first = await p.newestCode();
    p.clock.advance(RESEND_AFTER_MS - 20_000);
    await expect(p.resend(p.browser)).rejects.toMatchObject({
      code: 'rate_limited',
      message: 'A code was sent a moment ago. Wait 20 seconds and try again.',
    });
    p.clock.advance(20_000);
    await p.resend(p.browser);
    const second = await p.newestCode();
    if (second !== first) await expect(p.enter(p.browser, first)).rejects.toMatchObject({ code: 'invalid' });
    await p.enter(p.browser, second);
  });

  it('is mailed for right passwords only, and not without end', async () => {
    const p = await asked();
    await p.strangers(30);
    expect(await p.codeMails()).toHaveLength(1);
    for (let i = 1; i < MAILS_AN_HOUR + 4; i++) await p.attempt(RIGHT);
    expect(await p.codeMails()).toHaveLength(MAILS_AN_HOUR);
    // What was not mailed fits nothing: otherwise everybody with the password could guess without end.
    const unmailed = codeAsked(await p.attempt(RIGHT));
    const rows = await db.asSystem((tx) =>
      tx.select().from(signInCodes).where(eq(signInCodes.userId, p.userId)),
    );
    expect(rows.filter((row) => row.codeHash !== '')).toHaveLength(MAILS_AN_HOUR);
    await expect(p.enter(unmailed, await p.newestCode())).rejects.toMatchObject({ code: 'invalid' });
    p.clock.advance(HOUR);
    const browser = codeAsked(await p.attempt(RIGHT));
    await p.enter(browser, await p.newestCode());
  });

  it('is nowhere in the database once its e-mail was sent', async () => {
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

  it('opens nothing after the password was changed', async () => {
    const p = await asked();
    const known = await p.enter(p.browser, await p.newestCode());
    const waiting = codeAsked(await p.attempt(RIGHT));
    await changePassword(
      { ...p.ctx, userId: p.userId, sessionId: known.sessionId },
      { current: RIGHT, password: 'Lantern-pebble-62' },
    );
    await expect(p.enter(waiting, await p.newestCode())).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a known browser', () => {
  it('has tries of its own, and counts as unknown when they are used up', async () => {
    const p = await person();
    const { device } = opened(await p.attempt(RIGHT));
    await p.strangers(FREE_TRIES);
    for (let i = 0; i < DEVICE_TRIES; i++)
      expect((await p.refused(WRONG, { devices: [device] })).code).toBe('unauthenticated');
    codeAsked(await p.attempt(RIGHT, { devices: [device] }));
    p.clock.advance(DAY);
    opened(await p.attempt(RIGHT, { devices: [device] }));
  });

  it('is known by nothing forged, and to its own person only', async () => {
    const p = await person();
    const other = await person();
    const { device } = opened(await p.attempt(RIGHT));
    const foreign = opened(await other.attempt(RIGHT)).device;
    await p.strangers(FREE_TRIES);
    const [body = '', mac = ''] = device.split('.');
    const shifted = Buffer.from(
      JSON.stringify({ ...JSON.parse(Buffer.from(body, 'base64url').toString()), exp: 9e15 }),
    ).toString('base64url');
    for (const forged of [foreign, `${body}.x`, `${shifted}.${mac}`, body, '', 'a.b', '%00.%00'])
      codeAsked(await p.attempt(RIGHT, { devices: [forged] }));
    // Several people share a browser: one token among others is enough.
    opened(await p.attempt(RIGHT, { devices: [foreign, device] }));
  });

  it.each([
    [
      'its session is signed out from elsewhere',
      async (ctx: Parameters<typeof revokeSession>[0], id: string) => revokeSession(ctx, { id }),
    ],
    [
      'everything else is signed out',
      async (ctx: Parameters<typeof revokeSession>[0]) => revokeOtherSessions(ctx),
    ],
    [
      'the password is changed elsewhere',
      async (ctx: Parameters<typeof revokeSession>[0]) =>
        changePassword(ctx, { current: RIGHT, password: 'Lantern-pebble-62' }),
    ],
  ])('is forgotten when %s, and the one that did it is not', async (_, act) => {
    const p = await person();
    const lost = opened(await p.attempt(RIGHT));
    const mine = opened(await p.attempt(RIGHT));
    await act({ ...p.ctx, userId: p.userId, sessionId: mine.sessionId }, lost.sessionId);
    await p.strangers(FREE_TRIES);
    const [row] = await db.asSystem((tx) => tx.select().from(users).where(eq(users.id, p.userId)));
    const password = row?.passwordHash.slice('$argon2 '.length) ?? '';
    codeAsked(await p.attempt(password, { devices: [lost.device] }));
    opened(await p.attempt(password, { devices: [mine.device] }));
    // The owner hears of it.
    const told = await readMails(db, eq(emails.toAddress, p.email));
    expect(told.filter((m) => m.subject === 'security-notice')).toHaveLength(1);
  });

  it('runs out when it is not used, and renews itself when it is', async () => {
    const p = await person();
    let { device } = opened(await p.attempt(RIGHT));
    for (let i = 0; i < 3; i++) {
      p.clock.advance(60 * DAY);
      device = opened(await p.attempt(RIGHT, { devices: [device] })).device;
    }
    expect(
      await db.asSystem((tx) => tx.select().from(devices).where(eq(devices.userId, p.userId))),
    ).toHaveLength(1);
    p.clock.advance(90 * DAY);
    await p.strangers(FREE_TRIES);
    codeAsked(await p.attempt(RIGHT, { devices: [device] }));
  });

  it('survives signing out', async () => {
    const p = await person();
    const { device, sessionId } = opened(await p.attempt(RIGHT));
    const { endSession } = await import('./revoke-session');
    await endSession({ ctx: p.ctx, input: { id: sessionId } });
    await p.strangers(FREE_TRIES);
    const again = opened(await p.attempt(RIGHT, { devices: [device] }));
    expect(await listSessions({ ...p.ctx, userId: p.userId, sessionId: again.sessionId })).toHaveLength(1);
  });
});

describe('a link to set a new password', () => {
  const linkFor = async (email: string) =>
    (await readMails(db, eq(emails.toAddress, email)))
      .filter((m) => m.key.startsWith('reset:'))
      .toSorted((a, b) => (a.id < b.id ? -1 : 1))
      .map((m) => /token=([\w-]+)/.exec(m.body)?.[1] ?? '');

  it('proves the mailbox: this browser needs no code, all others are forgotten, and the owner is told', async () => {
    const p = await person();
    const before = opened(await p.attempt(RIGHT));
    await p.strangers(60);
    const from = { ip: elsewhere(), userAgent: null };
    await requestReset({ ctx: p.ctx, input: { email: p.email, ...from } });
    const [token = ''] = await linkFor(p.email);
    const password = 'Lantern-pebble-62';
    const { device } = await resetPassword({ ctx: p.ctx, input: { token, password, ...from } });
    await p.strangers(60);
    opened(await p.attempt(password, { devices: [device] }));
    codeAsked(await p.attempt(password, { devices: [before.device] }));
    const told = await readMails(db, eq(emails.toAddress, p.email));
    expect(told.filter((m) => m.subject === 'security-notice').map((m) => JSON.parse(m.body).change)).toEqual(
      ['password_reset'],
    );
  });

  it('cannot be broken or drowned by strangers who ask for more', async () => {
    const p = await person();
    const ask = () =>
      requestReset({ ctx: p.ctx, input: { email: p.email, ip: elsewhere(), userAgent: null } });
    for (let i = 0; i < 5; i++) await ask();
    for (let i = 0; i < 20; i++) await expect(ask()).rejects.toMatchObject({ code: 'rate_limited' });
    const links = await linkFor(p.email);
    expect(links).toHaveLength(5);
    // To the last moment in which no new link can be had, one that was sent works.
    p.clock.advance(HOUR - 1);
    const from = { ip: elsewhere(), userAgent: null };
    await resetPassword({
      ctx: p.ctx,
      input: { token: links[0] ?? '', password: 'Lantern-pebble-62', ...from },
    });
    for (const token of links.slice(1))
      await expect(
        resetPassword({ ctx: p.ctx, input: { token, password: 'Another-lamp-73', ...from } }),
      ).rejects.toMatchObject({ code: 'invalid' });
  });

  it('is not used up by a password that is refused', async () => {
    const p = await person();
    const from = { ip: elsewhere(), userAgent: null };
    await requestReset({ ctx: p.ctx, input: { email: p.email, ...from } });
    const [token = ''] = await linkFor(p.email);
    await expect(
      resetPassword({ ctx: p.ctx, input: { token, password: 'Password1!', ...from } }),
    ).rejects.toMatchObject({
      code: 'invalid',
      fields: { password: { fact: 'accounts.errors.passwordGuessableHere' } },
    });
    await resetPassword({ ctx: p.ctx, input: { token, password: 'Lantern-pebble-62', ...from } });
  });
});

describe('a new address', () => {
  const NEW = () => `new-${counter}@example.test`;
  const mailsTo = async (address: string) =>
    (await readMails(db, eq(emails.toAddress, address))).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  const tokenTo = async (address: string) =>
    /token=([\w-]+)/.exec((await mailsTo(address)).at(-1)?.body ?? '')?.[1] ?? '';

  it.each(['changed', 'reset'])('that was begun is over when the password is %s', async (how) => {
    const p = await person();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT)).sessionId };
    await requestEmailChange(me, { email: NEW(), current: RIGHT });
    const token = await tokenTo(NEW());
    const from = { ip: elsewhere(), userAgent: null };
    if (how === 'changed') await changePassword(me, { current: RIGHT, password: 'Lantern-pebble-62' });
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

  it('counts once its mailbox confirms it; both are told, and what the old mailbox holds opens nothing', async () => {
    const p = await person();
    const session = opened(await p.attempt(RIGHT));
    const me = { ...p.ctx, userId: p.userId, sessionId: session.sessionId };
    await requestReset({ ctx: p.ctx, input: { email: p.email, ip: elsewhere(), userAgent: null } });
    const reset = await tokenTo(p.email);
    expect(await requestEmailChange(me, { email: NEW(), current: RIGHT })).toEqual({
      sentTo: NEW(),
    });
    opened(await p.attempt(RIGHT));
    const token = await tokenTo(NEW());
    await confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } });
    expect((await p.refused(RIGHT)).code).toBe('unauthenticated');
    opened(await p.attempt(RIGHT, { email: NEW() }));
    const changesTo = async (address: string) =>
      (await mailsTo(address))
        .filter((m) => m.subject === 'security-notice')
        .map((m) => JSON.parse(m.body).change);
    expect(await changesTo(p.email)).toEqual(['email_asked', 'email_changed']);
    expect(await changesTo(NEW())).toEqual(['email_changed']);
    const from = { ip: elsewhere(), userAgent: null };
    await expect(
      resetPassword({ ctx: p.ctx, input: { token: reset, password: 'Lantern-pebble-62', ...from } }),
    ).rejects.toMatchObject({ code: 'invalid' });
    await expect(confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } })).rejects.toMatchObject(
      {
        code: 'invalid',
      },
    );
  });

  it('is refused in words when somebody takes the address at the very moment', async () => {
    const other = await person();
    const p = await person();
    const session = opened(await p.attempt(RIGHT));
    const me = { ...p.ctx, userId: p.userId, sessionId: session.sessionId };
    await requestEmailChange(me, { email: NEW(), current: RIGHT });
    const token = await tokenTo(NEW());
    await db.asSystem((tx) => tx.update(users).set({ email: NEW() }).where(eq(users.id, other.userId)));
    // The look at who has the address came before that.
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

  it('needs the password, is free, and is nobody else’s by the time it is confirmed', async () => {
    const other = await person();
    const p = await person();
    const session = opened(await p.attempt(RIGHT));
    const ask = (email: string, current = RIGHT) =>
      requestEmailChange({ ...p.ctx, userId: p.userId, sessionId: session.sessionId }, { email, current });
    await expect(ask(NEW(), WRONG)).rejects.toMatchObject({ code: 'invalid' });
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

  it('is shown while it waits, and is given up: its link opens nothing then', async () => {
    const p = await person();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT)).sessionId };
    expect(await pendingEmail(me)).toBeNull();
    expect(await cancelEmailChange(me)).toEqual({ cancelled: false });
    await requestEmailChange(me, { email: NEW(), current: RIGHT });
    const ends = new Date(p.clock.now().getTime() + VERIFY_HOURS * HOUR);
    expect(await pendingEmail(me)).toEqual({ email: NEW(), expiresAt: ends });
    const stranger = await person();
    expect(await pendingEmail({ ...stranger.ctx, userId: stranger.userId, sessionId: 'none' })).toBeNull();
    await cancelEmailChange({ ...stranger.ctx, userId: stranger.userId, sessionId: 'none' });
    expect(await cancelEmailChange(me)).toEqual({ cancelled: true });
    expect(await pendingEmail(me)).toBeNull();
    const token = await tokenTo(NEW());
    await expect(confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } })).rejects.toMatchObject(
      { code: 'invalid' },
    );
    await requestEmailChange(me, { email: NEW(), current: RIGHT });
    p.clock.advance(VERIFY_HOURS * HOUR);
    expect(await pendingEmail(me)).toBeNull();
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
  });

  it('is mailed again with a new link to the same address, and only while it waits', async () => {
    const p = await person();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT)).sessionId };
    const confirm = (token: string) => confirmEmailChange({ ctx: p.ctx, input: { token, userAgent: null } });
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
    await requestEmailChange(me, { email: NEW(), current: RIGHT });
    const older = await tokenTo(NEW());
    p.clock.advance(HOUR);
    expect(await resendEmailChange(me)).toEqual({ sentTo: NEW() });
    const newer = await tokenTo(NEW());
    expect(newer).not.toBe(older);
    expect((await pendingEmail(me))?.expiresAt).toEqual(
      new Date(p.clock.now().getTime() + VERIFY_HOURS * HOUR),
    );
    await expect(confirm(older)).rejects.toMatchObject({ code: 'invalid' });
    // Being refused leaves the last link as it is.
    for (let i = 0; i < 4; i++) await resendEmailChange(me);
    const last = await tokenTo(NEW());
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'rate_limited' });
    await confirm(last);
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'rate_limited' });
    p.clock.advance(HOUR);
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
    opened(await p.attempt(RIGHT, { email: NEW() }));
  });

  it('counts wrong passwords for themselves: they take no e-mail of the day, and their wait is short', async () => {
    const p = await person();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT)).sessionId };
    const ask = (current: string) => requestEmailChange(me, { email: NEW(), current });
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < PROOF_TRIES; i++)
        await expect(ask(WRONG)).rejects.toMatchObject({ code: 'invalid' });
      await expect(ask(RIGHT)).rejects.toMatchObject({
        code: 'rate_limited',
        message: expect.stringContaining('Wait 15 minutes'),
      });
      p.clock.advance(15 * MINUTE);
    }
    for (let i = 0; i < 10; i++) await ask(RIGHT);
    await expect(ask(RIGHT)).rejects.toMatchObject({
      code: 'rate_limited',
      message: expect.stringContaining('Wait 24 hours'),
    });
    // The e-mails are used up, not the guesses.
    await changePassword(me, { current: RIGHT, password: 'Lantern-pebble-62' });
  });

  it('is mailed ten times a day; a request to mail it again while none waits takes none of these', async () => {
    const p = await person();
    const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT)).sessionId };
    for (let hour = 0; hour < 2; hour++) {
      for (let i = 0; i < 5; i++)
        await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'conflict' });
      p.clock.advance(HOUR);
    }
    const ask = () => requestEmailChange(me, { email: NEW(), current: RIGHT });
    for (let i = 0; i < 8; i++) await ask();
    await resendEmailChange(me);
    await resendEmailChange(me);
    await expect(resendEmailChange(me)).rejects.toMatchObject({ code: 'rate_limited' });
    await expect(ask()).rejects.toMatchObject({ code: 'rate_limited' });
    // Being refused leaves the last link as it is.
    expect(await pendingEmail(me)).toMatchObject({ email: NEW() });
  });

  describe.skipIf(testDriver() === 'pglite')('at the same moment as something else', () => {
    /** Sets work going while rows are locked, each as soon as all before it wait for a lock, and answers how they ended. */
    const beside = async (lock: (tx: Tx) => Promise<unknown>, works: (() => Promise<unknown>)[]) => {
      const begun: Promise<unknown>[] = [];
      await db.asSystem(async (holder) => {
        await lock(holder);
        for (const work of works) {
          begun.push(work().catch((error: unknown) => error));
          await vi.waitFor(async () => {
            const { rows } = (await db.asSystem((tx) =>
              tx.execute(
                sql`select distinct l.pid from pg_locks l join pg_stat_activity a using (pid) where not l.granted and a.datname = current_database()`,
              ),
            )) as unknown as { rows: unknown[] };
            expect(rows).toHaveLength(begun.length);
          }, 10_000);
        }
      });
      return Promise.all(begun);
    };
    /** An address change of somebody that is under way. */
    const begun = async () => {
      const p = await person();
      const me = { ...p.ctx, userId: p.userId, sessionId: opened(await p.attempt(RIGHT)).sessionId };
      await requestEmailChange(me, { email: NEW(), current: RIGHT });
      return { p, me };
    };
    const renew = (me: Parameters<typeof changePassword>[0]) =>
      changePassword(me, { current: RIGHT, password: 'Lantern-pebble-62' });
    /** Stops a link from being mailed between the old link and the new one. */
    const mails = (tx: Tx) =>
      tx.select().from(throttles).where(like(throttles.key, 'unasked-mail:%')).for('update');

    it.each(['changes', 'cancels'])('a link that is mailed again is over when the person %s', async (how) => {
      const { me } = await begun();
      const [sent, ended] = await beside(mails, [
        () => resendEmailChange(me),
        () => (how === 'changes' ? renew(me) : cancelEmailChange(me)),
      ]);
      expect(sent).toEqual({ sentTo: NEW() });
      expect(ended).toEqual(how === 'changes' ? { endedSessions: 0 } : { cancelled: true });
      expect(await pendingEmail(me)).toBeNull();
    });

    it('a link that is used while the password changes is over, and neither waits for the other', async () => {
      const { p, me } = await begun();
      const token = await tokenTo(NEW());
      await p.strangers(FREE_TRIES + 1);
      codeAsked(await p.attempt(RIGHT));
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

  it('gives whoever has a session no second set of guesses at the password', async () => {
    const p = await person();
    const session = opened(await p.attempt(RIGHT));
    const me = { ...p.ctx, userId: p.userId, sessionId: session.sessionId };
    for (let i = 0; i < PROOF_TRIES; i++)
      await requestEmailChange(me, { email: NEW(), current: WRONG }).catch(() => {});
    await expect(changePassword(me, { current: RIGHT, password: 'Lantern-pebble-62' })).rejects.toMatchObject(
      { code: 'rate_limited' },
    );
  });
});

it('what was written for nobody and codes that ran out are removed by the daily clean-up', async () => {
  const p = await person();
  await db.asSystem(async (tx) => {
    await tx.delete(emails);
    await tx.delete(signInCodes);
  });
  await p.strangers(FREE_TRIES + 3);
  await requestReset({
    ctx: p.ctx,
    input: { email: 'nobody@example.test', ip: elsewhere(), userAgent: null },
  });
  p.clock.advance(HOUR);
  await tidyAccounts({ ctx: p.ctx });
  const left = await db.asSystem(async (tx) => [
    ...(await tx.select().from(emails).where(eq(emails.status, 'void'))),
    ...(await tx.select().from(signInCodes)),
  ]);
  expect(left).toEqual([]);
});
