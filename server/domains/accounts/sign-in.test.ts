import { eq, like } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { emails, signInCodes, throttles } from '@/db/schema';
import { cleanUpAccounts } from './clean-up-accounts';
import { viewerOfSession } from './queries';
import { requestReset as requestResetVerb } from './request-reset';
import { DEVICE_ATTEMPTS, FREE_ATTEMPTS, NETWORK_ATTEMPTS, signIn as signInVerb } from './sign-in';
import {
  CODE_ATTEMPTS,
  CODE_MINUTES,
  CODE_SENDS,
  enterCode as enterCodeVerb,
  RESEND_AFTER_MS,
  resendCode as resendCodeVerb,
} from './sign-in-code';
import { createUser, db, RIGHT_PASSWORD, unusedIp, WRONG_PASSWORD, workOf, wrongOf } from './test-person';
import { byVisitor, codeAsked, opened } from './testing';
import { DAY, HOUR, MINUTE } from './throttle';

const requestReset = byVisitor(requestResetVerb);
const signIn = byVisitor(signInVerb);
const enterCode = byVisitor(enterCodeVerb);
const resendCode = byVisitor(resendCodeVerb);

vi.mock('./password', async () => (await import('./test-doubles')).passwords);
vi.mock('@/server/domains/emails/render-email', async () => (await import('./test-doubles')).rendering);

describe('wrong passwords by strangers', () => {
  it('do not lock the owner out: a known browser needs only the password, another one a code too', async () => {
    const p = await createUser();
    const known = opened(await p.attempt(RIGHT_PASSWORD));
    await p.strangers(60);
    expect(opened(await p.attempt(RIGHT_PASSWORD, { devices: [known.device] })).userId).toBe(p.userId);
    const browser = codeAsked(await p.attempt(RIGHT_PASSWORD));
    const session = await p.enter(browser, await p.newestCode());
    expect(await viewerOfSession(p.ctx, session.sessionId)).toMatchObject({ userId: p.userId });
    // The browser is known from now on.
    expect(opened(await p.attempt(RIGHT_PASSWORD, { devices: [session.device] })).userId).toBe(p.userId);
  });

  it('require the code after the free attempts, even when many arrive concurrently', async () => {
    const p = await createUser();
    const results = await Promise.all(
      Array.from({ length: 20 }, () =>
        p.attempt(WRONG_PASSWORD).then(
          (o) => o.kind,
          (e) => e.code,
        ),
      ),
    );
    expect(results.filter((r) => r === 'unauthenticated')).toHaveLength(FREE_ATTEMPTS);
    expect(results.filter((r) => r === 'code')).toHaveLength(20 - FREE_ATTEMPTS);
  });

  it('are forgotten after a day, and right passwords never count', async () => {
    const p = await createUser();
    for (let i = 0; i < FREE_ATTEMPTS + 3; i++) opened(await p.attempt(RIGHT_PASSWORD));
    await p.strangers(FREE_ATTEMPTS);
    codeAsked(await p.attempt(RIGHT_PASSWORD));
    p.clock.advance(DAY);
    opened(await p.attempt(RIGHT_PASSWORD));
  });

  it('match a model of attempts, browsers and time', async () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('try' as const), right: fc.boolean(), known: fc.boolean() }),
      fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(MINUTE, HOUR, 12 * HOUR, DAY) }),
      fc.record({ kind: fc.constant('code' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 40 }), async (steps) => {
        const p = await createUser();
        const { device } = opened(await p.attempt(RIGHT_PASSWORD));
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
        const account = window(FREE_ATTEMPTS);
        const own = window(DEVICE_ATTEMPTS);
        // The sign-in above counted its attempt and returned it, but started the window.
        account.take();
        account.giveBack();
        for (const s of steps) {
          if (s.kind === 'wait') {
            p.clock.advance(s.ms);
            continue;
          }
          if (s.kind === 'code') {
            // Whatever happened before, the owner can sign in with the password and, if required, the e-mailed code.
            p.clock.advance(HOUR);
            const expected = account.take();
            const outcome = await p.attempt(RIGHT_PASSWORD);
            expect(outcome.kind).toBe(expected ? 'code' : 'open');
            if (outcome.kind === 'code') await p.enter(outcome.browser, await p.newestCode());
            else account.giveBack();
            continue;
          }
          const byDevice = s.known && !own.take();
          const guarded = !byDevice && account.take();
          const outcome = await p
            .attempt(s.right ? RIGHT_PASSWORD : WRONG_PASSWORD, s.known ? { devices: [device] } : {})
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

describe('the limit per network address', () => {
  const full = async (p: Awaited<ReturnType<typeof createUser>>, ip: string) => {
    await p.attempt(WRONG_PASSWORD, { ip, email: 'nobody@example.test' }).catch(() => {});
    await db.asSystem((tx) =>
      tx.update(throttles).set({ count: NETWORK_ATTEMPTS }).where(like(throttles.key, 'sign-in-from:%')),
    );
  };

  it('says when to retry, covers a whole IPv6 network, and exempts known browsers', async () => {
    const p = await createUser();
    const { device } = opened(await p.attempt(RIGHT_PASSWORD));
    await full(p, '2001:db8:1:2:aaaa::1');
    p.clock.advance(5 * MINUTE);
    expect(await p.refused(RIGHT_PASSWORD, { ip: '2001:db8:1:2:bbbb::2' })).toMatchObject({
      code: 'rate_limited',
      message: 'Too many tries. Wait 10 minutes and try again.',
    });
    opened(await p.attempt(RIGHT_PASSWORD, { ip: '2001:db8:1:3::1' }));
    opened(await p.attempt(RIGHT_PASSWORD, { ip: '2001:db8:1:2:cccc::3', devices: [device] }));
    p.clock.advance(10 * MINUTE);
    opened(await p.attempt(RIGHT_PASSWORD, { ip: '2001:db8:1:2:bbbb::2' }));
  });

  it('treats an IPv4-mapped IPv6 address as the IPv4 address', async () => {
    const p = await createUser();
    await full(p, '::ffff:192.0.2.77');
    expect((await p.refused(RIGHT_PASSWORD, { ip: '192.0.2.77' })).code).toBe('rate_limited');
  });

  it('refuses known and unknown addresses identically', async () => {
    const p = await createUser();
    await full(p, '192.0.2.78');
    const [known, unknown] = [
      await p.refused(RIGHT_PASSWORD, { ip: '192.0.2.78' }),
      await p.refused(RIGHT_PASSWORD, { ip: '192.0.2.78', email: 'nobody@example.test' }),
    ];
    expect({ ...unknown, message: unknown.message }).toEqual({ ...known, message: known.message });
  });
});

describe('the cost of a response', () => {
  const NOBODY = 'nobody-at-all@example.test';
  const shapeOf = (answer: unknown) =>
    JSON.stringify(answer, (key, value) => (key === 'browser' ? value.length : value));

  it('is the same for a wrong password and an unknown address, before and after a code is required', async () => {
    const p = await createUser();
    for (let i = 0; i < FREE_ATTEMPTS + 2; i++) {
      const run = (email: string) =>
        workOf((watched) =>
          signIn({
            ctx: { ...p.ctx, ...watched },
            input: { email, password: WRONG_PASSWORD, ip: unusedIp(), userAgent: null },
          }),
        );
      const [a, b] = [await run(p.email), await run(NOBODY)];
      expect(b.work).toEqual(a.work);
      expect(shapeOf(b.answer)).toBe(shapeOf(a.answer));
      expect(a.work.hashes).toBe(1);
    }
  });

  it('is the same for the right password once a code is required', async () => {
    const p = await createUser();
    await p.strangers(FREE_ATTEMPTS);
    for (let i = 0; i < FREE_ATTEMPTS; i++)
      await p.attempt(WRONG_PASSWORD, { email: NOBODY }).catch(() => {});
    const run = (email: string, password: string) =>
      workOf((watched) =>
        signIn({
          ctx: { ...p.ctx, ...watched },
          input: { email, password, ip: unusedIp(), userAgent: null },
        }),
      );
    const right = await run(p.email, RIGHT_PASSWORD);
    expect(right.answer).toMatchObject({ kind: 'code' });
    for (const other of [await run(p.email, WRONG_PASSWORD), await run(NOBODY, RIGHT_PASSWORD)]) {
      expect(other.work).toEqual(right.work);
      expect(shapeOf(other.answer)).toBe(shapeOf(right.answer));
    }
  });

  it('is the same for every wrong code and every new code', async () => {
    const p = await createUser();
    await p.strangers(FREE_ATTEMPTS);
    for (let i = 0; i < FREE_ATTEMPTS; i++)
      await p.attempt(WRONG_PASSWORD, { email: NOBODY }).catch(() => {});
    const browsers = [
      codeAsked(await p.attempt(RIGHT_PASSWORD)),
      codeAsked(await p.attempt(WRONG_PASSWORD)),
      codeAsked(await p.attempt(RIGHT_PASSWORD, { email: NOBODY })),
    ];
    const bad = wrongOf(await p.newestCode());
    const ofAll = async (verb: 'enter' | 'resend') => {
      const all = [];
      for (const browser of browsers)
        all.push(
          await workOf((watched) => {
            const ctx = { ...p.ctx, ...watched };
            const input = { browser, ip: unusedIp(), userAgent: null };
            return verb === 'enter'
              ? enterCode({ ctx, input: { ...input, code: bad } })
              : resendCode({ ctx, input });
          }),
        );
      expect(all[1]).toEqual(all[0]);
      expect(all[2]).toEqual(all[0]);
      return all[0];
    };
    for (let i = 0; i <= CODE_ATTEMPTS; i++) await ofAll('enter');
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

  it('is the same for password-reset requests, even beyond the limit', async () => {
    const p = await createUser();
    for (let i = 0; i < 7; i++) {
      const all = [];
      for (const email of [p.email, NOBODY])
        all.push(
          await workOf((watched) =>
            requestReset({
              ctx: { ...p.ctx, ...watched },
              input: { email, ip: unusedIp(), userAgent: null },
            }),
          ),
        );
      expect(all[1]).toEqual(all[0]);
    }
  });
});

it('the daily clean-up removes rows without a recipient and expired codes', async () => {
  const p = await createUser();
  await db.asSystem(async (tx) => {
    await tx.delete(emails);
    await tx.delete(signInCodes);
  });
  await p.strangers(FREE_ATTEMPTS + 3);
  await requestReset({
    ctx: p.ctx,
    input: { email: 'nobody@example.test', ip: unusedIp(), userAgent: null },
  });
  p.clock.advance(HOUR);
  await cleanUpAccounts({ ctx: p.ctx });
  const left = await db.asSystem(async (tx) => [
    ...(await tx.select().from(emails).where(eq(emails.status, 'void'))),
    ...(await tx.select().from(signInCodes)),
  ]);
  expect(left).toEqual([]);
});
