import { randomInt } from 'node:crypto';
import { and, eq, gt, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { signInCodes, type users } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { keyedHash, randomToken, safeEqual, sha256 } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { defineVerb } from '@/server/verbs/define';
import type { MailingCtx } from './account-ctx';
import { deviceName } from './device-name';
import { lockUser } from './lock-user';
import { openSession } from './open-session';
import { browserInput, type codeAsked, codeStepOutput, enterCodeInput, openedSession } from './schemas';
import { countAttemptOrThrow, countAttempts, HOUR, MINUTE, networkOf, waitUntil } from './throttle';

/** Lifetime of a code, in minutes. */
export const CODE_MINUTES = 15;
export const CODE_DIGITS = 8;
/**
 * Number of wrong entries that invalidate a code. With MAILS_AN_HOUR, an attacker who has the password can try 40 of 10^8 codes an hour.
 */
export const CODE_ATTEMPTS = 5;
/** Number of times that a code is mailed per sign-in, and the minimum interval. */
export const CODE_SENDS = 4;
export const RESEND_AFTER_MS = MINUTE;
/** Maximum number of code e-mails per account and hour. Only correct passwords trigger one. */
export const MAILS_AN_HOUR = 8;

export type CodeAsked = z.output<typeof codeAsked>;

const newCode = () => String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');

/**
 * Begins a sign-in that needs a code. The code is mailed only if `checked` (the account whose password was right) still has that password
 * and has not reached its limit of e-mails. The rows written and the response are the same either way.
 */
export async function askForCode(
  ctx: MailingCtx,
  input: {
    checked: { id: string; passwordHash: string } | null;
    userAgent: string | null;
    now: Date;
  },
): Promise<CodeAsked> {
  const { checked, userAgent, now } = input;
  const id = newId('signInCode');
  const browser = randomToken();
  await ctx.db.asSystem(async (tx) => {
    const user = await lockUser(tx, checked?.id ?? null);
    const to = user && user.passwordHash === checked?.passwordHash ? user : null;
    const codeHash = await mailCode(tx, { id, to, key: `code:${id}:1`, userAgent, now });
    await tx.insert(signInCodes).values({
      id,
      userId: to?.id ?? null,
      browserHash: sha256(browser),
      codeHash,
      sentAt: now,
      expiresAt: codeEnds(now),
      createdAt: now,
    });
  });
  await ctx.events.publish('email/queued', {});
  return { kind: 'code', browser };
}

const codeEnds = (now: Date) => new Date(now.getTime() + CODE_MINUTES * MINUTE);
const hashOf = (id: string, code: string) => keyedHash('sign-in-code', `${id}\n${code}`);

/** Queues the e-mail, or a row without a recipient. Returns the hash to store, which is empty if the code was sent to no one. */
async function mailCode(
  tx: Tx,
  input: {
    id: string;
    to: Pick<typeof users.$inferSelect, 'id' | 'email' | 'locale'> | null;
    key: string;
    userAgent: string | null;
    now: Date;
  },
): Promise<string> {
  const { id, to, now } = input;
  const code = newCode();
  const [mails] = await countAttempts(tx, now, [
    {
      name: to ? 'code-mail' : 'code-mail-nobody',
      subject: to?.id ?? id,
      limit: MAILS_AN_HOUR,
      windowMs: HOUR,
    },
  ]);
  const goes = to !== null && mails?.over === false;
  await queueEmail(tx, {
    key: input.key,
    to: goes ? to.email : null,
    template: 'sign-in-code',
    props: {
      code: `${code.slice(0, 4)} ${code.slice(4)}`,
      minutes: CODE_MINUTES,
      device: deviceName(input.userAgent),
      url: `${env().appUrl}/forgot`,
    },
    locale: to?.locale,
    at: now,
    toUnconfirmed: true,
  });
  return goes ? hashOf(id, code) : '';
}

const waiting = (tx: Tx, browser: string, now: Date) =>
  tx
    .select()
    .from(signInCodes)
    .where(
      and(
        eq(signInCodes.browserHash, sha256(browser)),
        isNull(signInCodes.usedAt),
        gt(signInCodes.expiresAt, now),
      ),
    );
const gone = () => new AppError('not_found', fact('accounts.errors.signInOver'));

const resendOf = (row: { sentAt: Date; sends: number }): z.output<typeof codeStepOutput> => ({
  resendAt: new Date(row.sentAt.getTime() + RESEND_AFTER_MS),
  resendsLeft: CODE_SENDS - row.sends,
});

/** Returns what the code page shows, or null if the sign-in has expired. */
export const codeStep = defineVerb({
  verb: 'account.codeStep',
  access: 'visitor',
  effect: 'check',
  input: browserInput,
  output: codeStepOutput.nullable(),
  run: async (ctx, { browser }) => {
    const [row] = await ctx.db.asSystem((tx) => waiting(tx, browser, ctx.clock.now()));
    return row ? resendOf(row) : null;
  },
});

const wrongCode = (left: number) =>
  left > 0
    ? new AppError('invalid', fact('accounts.errors.codeWrong'), {
        fields: { code: fact('accounts.errors.codeWrongHere', { left }) },
      })
    : new AppError('invalid', fact('accounts.errors.codeDead'), {
        fields: { code: fact('accounts.errors.codeDeadHere') },
      });

/**
 * Completes a sign-in with the e-mailed code, in the browser that began it. A code works once, within CODE_MINUTES, and is invalid after
 * CODE_TRIES wrong entries. Throws `invalid` for a wrong code, `not_found` if the sign-in has expired, or `rate_limited`.
 */
export const enterCode = defineVerb({
  verb: 'account.enterCode',
  access: 'visitor',
  effect: 'change',
  input: enterCodeInput,
  output: openedSession,
  run: async (ctx, input) => {
    await countAttemptOrThrow(ctx, [perPlace(ctx.client.ip)]);
    const typed = input.code.normalize('NFKC').replace(/[\s\-–]/g, '');
    // Input that cannot be a code is a typing error and does not count as an attempt.
    if (!/^\d+$/.test(typed) || typed.length !== CODE_DIGITS)
      throw new AppError('invalid', fact('accounts.errors.codeIncomplete'), {
        fields: { code: fact('accounts.errors.codeDigits', { digits: CODE_DIGITS }) },
      });
    const now = ctx.clock.now();
    const outcome = await ctx.db.asSystem(async (tx) => {
      // Locks the user before the sign-in, in the same order as a password change.
      const [found] = await waiting(tx, input.browser, now);
      await lockUser(tx, found?.userId ?? null);
      const [row] = await waiting(tx, input.browser, now).for('update');
      if (!row) return gone();
      if (row.attempts >= CODE_ATTEMPTS) return wrongCode(0);
      if (!row.userId || !safeEqual(row.codeHash, hashOf(row.id, typed))) {
        await tx
          .update(signInCodes)
          .set({ attempts: row.attempts + 1 })
          .where(eq(signInCodes.id, row.id));
        return wrongCode(CODE_ATTEMPTS - row.attempts - 1);
      }
      await tx.update(signInCodes).set({ usedAt: now }).where(eq(signInCodes.id, row.id));
      return openSession(tx, { ...ctx.client, userId: row.userId, deviceId: null, now });
    });
    if (outcome instanceof AppError) throw outcome;
    return outcome;
  },
});

/**
 * Mails a new code; the previous one stops working. Throws `rate_limited` if it is too early, and `not_found` if the sign-in has expired.
 */
export const resendCode = defineVerb({
  verb: 'account.resendCode',
  access: 'visitor',
  effect: 'change',
  input: browserInput,
  output: codeStepOutput,
  run: async (ctx, input) => {
    await countAttemptOrThrow(ctx, [perPlace(ctx.client.ip)]);
    const now = ctx.clock.now();
    const [found] = await ctx.db.asSystem((tx) => waiting(tx, input.browser, now));
    if (!found) throw gone();
    const sends = await ctx.db.asSystem(async (tx) => {
      const user = await lockUser(tx, found.userId);
      const [row] = await waiting(tx, input.browser, now).for('update');
      if (!row || row.sends >= CODE_SENDS) throw gone();
      const { resendAt } = resendOf(row);
      if (resendAt > now)
        throw new AppError(
          'rate_limited',
          fact('accounts.errors.codeSent', { wait: waitUntil(now, resendAt) }),
        );
      const sends = row.sends + 1;
      const codeHash = await mailCode(tx, {
        id: row.id,
        to: user,
        key: `code:${row.id}:${sends}`,
        userAgent: ctx.client.userAgent,
        now,
      });
      await tx
        .update(signInCodes)
        .set({ codeHash, attempts: 0, sends, sentAt: now, expiresAt: codeEnds(now) })
        .where(eq(signInCodes.id, row.id));
      return sends;
    });
    await ctx.events.publish('email/queued', {});
    return resendOf({ sentAt: now, sends });
  },
});

const perPlace = (ip: string) => ({
  name: 'code-from',
  subject: networkOf(ip),
  limit: 100,
  windowMs: 15 * MINUTE,
});
