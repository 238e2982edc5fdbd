import { randomInt } from 'node:crypto';
import { and, eq, gt, isNull } from 'drizzle-orm';
import type { z } from 'zod';
import type { Tx } from '@/db/client';
import { signInCodes } from '@/db/schema';
import { queueEmail } from '@/server/domains/emails/queue-email';
import { type RenderedEmail, renderEmail } from '@/server/domains/emails/render-email';
import { keyedHash, randomToken, safeEqual, sha256 } from '@/server/foundation/crypto';
import { env } from '@/server/foundation/env';
import { AppError } from '@/server/foundation/errors';
import { newId } from '@/server/foundation/ids';
import type { AccountCtx, MailingCtx } from './account-ctx';
import { deviceName } from './device-name';
import { lockUser } from './lock-user';
import { type OpenedSession, openSession } from './open-session';
import type { enterCodeInput, resendCodeInput } from './schemas';
import { countTry, HOUR, MINUTE, placeOf, takeTries, waitUntil } from './throttle';

/** How long a code works. */
export const CODE_MINUTES = 15;
export const CODE_DIGITS = 8;
/** Wrong entries before a code is dead. With MAILS_AN_HOUR, 40 of 10^8 codes can be tried in an hour by somebody with the password. */
export const CODE_TRIES = 5;
/** How often a code is mailed for one sign-in, and how long lies between. */
export const CODE_SENDS = 4;
export const RESEND_AFTER_MS = MINUTE;
/** Mails with a code to one account. Only right passwords cause any. */
export const MAILS_AN_HOUR = 8;

/** The browser is to show the field for the code. `browser` is the secret for its cookie. */
export interface CodeAsked {
  kind: 'code';
  browser: string;
}

interface Prepared {
  id: string;
  code: string;
  mail: RenderedEmail;
}

/** Makes a code and its e-mail, for an account that may not exist. Rendering takes a while, so it comes before the transaction. */
export async function prepareCode(
  input: { userAgent: string | null },
  id = newId('signInCode'),
): Promise<Prepared> {
  const code = String(randomInt(10 ** CODE_DIGITS)).padStart(CODE_DIGITS, '0');
  const mail = await renderEmail('sign-in-code', {
    code: `${code.slice(0, 4)} ${code.slice(4)}`,
    minutes: CODE_MINUTES,
    device: deviceName(input.userAgent),
    url: `${env().appUrl}/forgot`,
  });
  return { id, code, mail };
}

/**
 * Begins a sign-in that needs a code. The code is mailed if `checked` (the account whose password was right) still has that password and
 * has not been mailed too many; the rows that are written and the answer are the same if not.
 */
export async function askForCode(
  ctx: MailingCtx,
  input: {
    code: Prepared;
    email: string;
    checked: { id: string; passwordHash: string } | null;
    now: Date;
  },
): Promise<CodeAsked> {
  const { code, checked, now } = input;
  const browser = randomToken();
  await ctx.db.asSystem(async (tx) => {
    const user = await lockUser(tx, checked?.id ?? null);
    const to = user && user.passwordHash === checked?.passwordHash ? user : null;
    const codeHash = await mailCode(tx, { code, to, key: `code:${code.id}:1`, now });
    await tx.insert(signInCodes).values({
      id: code.id,
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

/** Queues the e-mail, or a row to nobody. Answers the hash to keep: empty when the code went to nobody. */
async function mailCode(
  tx: Tx,
  input: { code: Prepared; to: { id: string; email: string } | null; key: string; now: Date },
): Promise<string> {
  const { code, to, now } = input;
  const [mails] = await takeTries(tx, now, [
    {
      name: to ? 'code-mail' : 'code-mail-nobody',
      subject: to?.id ?? code.id,
      limit: MAILS_AN_HOUR,
      windowMs: HOUR,
    },
  ]);
  const goes = to !== null && mails?.over === false;
  await queueEmail(tx, {
    key: input.key,
    to: goes ? to.email : null,
    at: now,
    toUnconfirmed: true,
    ...code.mail,
  });
  return goes ? hashOf(code.id, code.code) : '';
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
const gone = () =>
  new AppError('not_found', 'This sign-in has run out. Start again with your e-mail address and password.');

/** From when on a new code can be sent, and how often still. */
interface Resend {
  resendAt: Date;
  resendsLeft: number;
}
const resendOf = (row: { sentAt: Date; sends: number }): Resend => ({
  resendAt: new Date(row.sentAt.getTime() + RESEND_AFTER_MS),
  resendsLeft: CODE_SENDS - row.sends,
});

/** What the page of the code shows. Null when the sign-in has run out. */
export async function codeStep(ctx: AccountCtx, browser: string): Promise<Resend | null> {
  const [row] = await ctx.db.asSystem((tx) => waiting(tx, browser, ctx.clock.now()));
  return row ? resendOf(row) : null;
}

const wrongCode = (left: number) =>
  left > 0
    ? new AppError('invalid', 'The code is not right.', {
        fields: {
          code: `This is not the code of the newest e-mail. ${left === 1 ? 'One try is' : `${left} tries are`} left.`,
        },
      })
    : new AppError('invalid', 'This code no longer works after five wrong tries.', {
        fields: { code: 'Have a new code sent, and enter that one.' },
      });

/**
 * Finishes a sign-in with the code of the e-mail, in the browser that began it. A code works once, for CODE_MINUTES, and is dead after
 * CODE_TRIES wrong ones. Throws `invalid` for a wrong code, `not_found` when the sign-in has run out, `rate_limited`.
 */
export async function enterCode({
  ctx,
  input,
}: {
  ctx: AccountCtx;
  input: z.output<typeof enterCodeInput>;
}): Promise<OpenedSession> {
  await countTry(ctx, [perPlace(input.ip)]);
  const typed = input.code.normalize('NFKC').replace(/[\s\-–]/g, '');
  // What cannot be a code is a slip of the finger and costs no try.
  if (!/^\d+$/.test(typed) || typed.length !== CODE_DIGITS)
    throw new AppError('invalid', 'The code is not complete.', {
      fields: { code: `The code has ${CODE_DIGITS} digits.` },
    });
  const now = ctx.clock.now();
  const outcome = await ctx.db.asSystem(async (tx) => {
    // First the person, then the sign-in: the order in which a new password locks them.
    const [found] = await waiting(tx, input.browser, now);
    await lockUser(tx, found?.userId ?? null);
    const [row] = await waiting(tx, input.browser, now).for('update');
    if (!row) return gone();
    if (row.attempts >= CODE_TRIES) return wrongCode(0);
    if (!row.userId || !safeEqual(row.codeHash, hashOf(row.id, typed))) {
      await tx
        .update(signInCodes)
        .set({ attempts: row.attempts + 1 })
        .where(eq(signInCodes.id, row.id));
      return wrongCode(CODE_TRIES - row.attempts - 1);
    }
    await tx.update(signInCodes).set({ usedAt: now }).where(eq(signInCodes.id, row.id));
    return openSession(tx, { userId: row.userId, deviceId: null, userAgent: input.userAgent, now });
  });
  if (outcome instanceof AppError) throw outcome;
  return outcome;
}

/** Mails a new code; the one before stops working. Throws `rate_limited` before its time, `not_found` when the sign-in has run out. */
export async function resendCode({
  ctx,
  input,
}: {
  ctx: MailingCtx;
  input: z.output<typeof resendCodeInput>;
}): Promise<Resend> {
  await countTry(ctx, [perPlace(input.ip)]);
  const now = ctx.clock.now();
  const [found] = await ctx.db.asSystem((tx) => waiting(tx, input.browser, now));
  if (!found) throw gone();
  const code = await prepareCode(input, found.id);
  const sends = await ctx.db.asSystem(async (tx) => {
    const user = await lockUser(tx, found.userId);
    const [row] = await waiting(tx, input.browser, now).for('update');
    if (!row || row.sends >= CODE_SENDS) throw gone();
    const { resendAt } = resendOf(row);
    if (resendAt > now)
      throw new AppError('rate_limited', `A code was sent a moment ago. ${waitUntil(now, resendAt)}`);
    const sends = row.sends + 1;
    const codeHash = await mailCode(tx, { code, to: user, key: `code:${row.id}:${sends}`, now });
    await tx
      .update(signInCodes)
      .set({ codeHash, attempts: 0, sends, sentAt: now, expiresAt: codeEnds(now) })
      .where(eq(signInCodes.id, row.id));
    return sends;
  });
  await ctx.events.publish('email/queued', {});
  return resendOf({ sentAt: now, sends });
}

const perPlace = (ip: string) => ({
  name: 'code-from',
  subject: placeOf(ip),
  limit: 100,
  windowMs: 15 * MINUTE,
});
