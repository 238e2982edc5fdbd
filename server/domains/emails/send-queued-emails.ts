import { and, asc, eq, exists, gt, inArray, isNull, lte, notExists, or, sql } from 'drizzle-orm';
import type { Db, Tx } from '@/db/client';
import { type HeldLease, isFree, isOurs, type LeaseKind, leaseEnd, leasesOf } from '@/db/leases';
import { EMAIL_LISTS, emails, users } from '@/db/schema';
import { type Clock, latestStored } from '@/server/foundation/clock';
import { eachRow } from '@/server/foundation/each-row';
import { withoutAddresses } from '@/server/foundation/error-text';
import { log } from '@/server/foundation/log';
import { type RenderedEmail, renderRow } from './render-email';
import { type SendEmail, SendError } from './transport';

const BATCH = 20;
/** An interrupted e-mail is offered again after this time, because until then it may still be in transit. */
const INTERRUPTED_MS = 5 * 60_000;
/** The lease of e-mails in a claimed batch. The attempt number is the token. */
export const EMAIL_LEASE: LeaseKind = {
  name: 'email',
  id: emails.id,
  token: emails.attempts,
  until: emails.nextAttemptAt,
  due: true,
  longest: INTERRUPTED_MS,
  when: sql`t.status = 'sending'`,
};
/** With the doubling wait, this is about four hours, well within the day for which Resend remembers its keys. */
const MAX_ATTEMPTS = 9;

/** Returns the time of the next attempt after this many failed ones: 1, 2, 4 … minutes later. */
export const nextAttempt = (now: Date, attempts: number): Date =>
  new Date(now.getTime() + 60_000 * 2 ** Math.max(0, attempts - 1));
const LONGEST_WAIT_MS = 60_000 * 2 ** MAX_ATTEMPTS;

/**
 * Sends queued e-mails that are due, in batches until none is left. A batch is leased while it waits: if the process crashes, the next one
 * continues. Each attempt is recorded before it starts; if its outcome is unknown, the e-mail is offered again under the same key after
 * `INTERRUPTED_MS`. E-mails are rendered when they are sent; one that cannot be rendered is retried and finally given up. Without a
 * transport, the e-mails are kept for the outbox. An e-mail with user input waits until its address is confirmed, because anyone can
 * register with someone else's address.
 */
export async function sendQueuedEmails({
  ctx,
  send,
}: {
  ctx: { db: Db; clock: Clock };
  send: SendEmail | null;
}): Promise<{ sent: number; kept: number; retrying: number; failed: number }> {
  const result = { sent: 0, kept: 0, retrying: 0, failed: 0 };
  if (!send) {
    const kept = await ctx.db.asSystem((tx) =>
      tx
        .update(emails)
        .set({ status: 'kept', nextAttemptAt: null })
        .where(inArray(emails.status, EMAIL_LISTS.outgoing))
        .returning({ id: emails.id }),
    );
    return { ...result, kept: kept.length };
  }
  await dropUnwanted(ctx);
  for (;;) {
    const claimed = await claim(ctx);
    if (claimed.length === 0) return result;
    // The e-mails wait for their turn under their leases.
    const waiting = claimed.map((mail) => ({ mail, lease: leaseOf(ctx, mail) }));
    try {
      // If an outcome cannot be recorded, the e-mail is offered again under its key later.
      await eachRow(waiting, {
        what: 'Sending an e-mail',
        of: ({ mail }) => ({ email: mail.id }),
        async work({ mail, lease }) {
          lease.end();
          const outcome = (await begin(ctx, mail)) ? await sendOne(ctx, mail, send) : null;
          if (outcome) result[outcome]++;
        },
      });
    } finally {
      for (const { lease } of waiting) lease.end();
    }
  }
}

type Row = typeof emails.$inferSelect;

/** Selects the account with the e-mail's address if that address is unconfirmed. */
const unconfirmedOwner = (tx: Tx) =>
  tx
    .select({ one: sql`1` })
    .from(users)
    .where(
      and(eq(sql`lower(${users.email})`, sql`lower(${emails.toAddress})`), isNull(users.emailVerifiedAt)),
    );

/** After this time, an e-mail that is still waiting for its address to be confirmed is outdated. */
const WAIT_FOR_OWNER_MS = 7 * 86_400_000;

/** Gives up and empties e-mails that waited too long for their address to be confirmed. */
async function dropUnwanted(ctx: { db: Db; clock: Clock }): Promise<void> {
  const before = new Date(ctx.clock.now().getTime() - WAIT_FOR_OWNER_MS);
  await ctx.db.asSystem((tx) =>
    tx
      .update(emails)
      .set({ status: 'failed', error: 'unconfirmed', props: {} })
      .where(
        and(
          eq(emails.status, 'queued'),
          eq(emails.toUnconfirmed, false),
          lte(emails.createdAt, before),
          exists(unconfirmedOwner(tx)),
        ),
      ),
  );
}

async function claim(ctx: { db: Db; clock: Clock }): Promise<Row[]> {
  const now = ctx.clock.now();
  return ctx.db.asSystem(async (tx) => {
    const due = await tx
      .select({ id: emails.id })
      .from(emails)
      .where(
        and(
          or(
            and(
              eq(emails.status, 'queued'),
              or(
                isNull(emails.nextAttemptAt),
                lte(emails.nextAttemptAt, now),
                gt(emails.nextAttemptAt, latestStored(now, LONGEST_WAIT_MS)),
              ),
            ),
            and(eq(emails.status, 'sending'), isFree(EMAIL_LEASE, now)),
          ),
          or(eq(emails.toUnconfirmed, true), notExists(unconfirmedOwner(tx))),
        ),
      )
      .orderBy(asc(emails.createdAt), asc(emails.id))
      .limit(BATCH)
      .for('update', { skipLocked: true });
    if (due.length === 0) return [];
    return tx
      .update(emails)
      .set({
        status: 'sending',
        attempts: sql`${emails.attempts} + 1`,
        nextAttemptAt: leaseEnd(now),
      })
      .where(
        inArray(
          emails.id,
          due.map((d) => d.id),
        ),
      )
      .returning();
  });
}

const leaseOf = ({ db, clock }: { db: Db; clock: Clock }, mail: Row): HeldLease =>
  leasesOf(db).hold(EMAIL_LEASE, {
    id: mail.id,
    token: String(mail.attempts),
    until: mail.nextAttemptAt ?? clock.now(),
    clock,
  });

/** Only the attempt that holds the lease may send and settle the e-mail. */
const held = (mail: Row) =>
  and(eq(emails.id, mail.id), eq(emails.status, 'sending'), isOurs(EMAIL_LEASE, sql`${mail.attempts}`));

/** Records that the e-mail is about to be sent. Returns false if another process has taken it over. */
async function begin({ db, clock }: { db: Db; clock: Clock }, mail: Row): Promise<boolean> {
  const nextAttemptAt = new Date(clock.now().getTime() + INTERRUPTED_MS);
  const begun = await db.asSystem((tx) =>
    tx.update(emails).set({ nextAttemptAt }).where(held(mail)).returning({ id: emails.id }),
  );
  return begun.length > 0;
}

async function sendOne(
  ctx: { db: Db; clock: Clock },
  mail: Row,
  send: SendEmail,
): Promise<'sent' | 'retrying' | 'failed' | null> {
  let rendered: RenderedEmail;
  try {
    rendered = await renderRow(mail);
  } catch (error) {
    // Either a bug, or this process is older than the one that queued it and a newer one can render it.
    log().error({ err: error, email: mail.id, template: mail.template }, 'an e-mail could not be rendered');
    const outcome = mail.attempts >= MAX_ATTEMPTS ? 'failed' : 'retrying';
    return (await settle(ctx, mail, notSent(ctx, mail, outcome, 'unrendered'))) ? outcome : null;
  }
  let outcome: 'sent' | 'retrying' | 'failed';
  let change: Partial<Row>;
  try {
    const providerId = await send({ id: mail.id, to: mail.toAddress, ...rendered });
    outcome = 'sent';
    // The contents (such as a link to set a new password) need not stay in the database after delivery.
    change = {
      status: 'sent',
      providerId,
      sentAt: ctx.clock.now(),
      nextAttemptAt: null,
      error: null,
      props: {},
    };
  } catch (error) {
    const permanent = error instanceof SendError && error.permanent;
    const message = error instanceof SendError ? error.message : 'unsent';
    outcome = permanent || mail.attempts >= MAX_ATTEMPTS ? 'failed' : 'retrying';
    log().warn(
      { email: mail.id, attempt: mail.attempts, outcome, reason: withoutAddresses(message) },
      'e-mail not sent',
    );
    change = notSent(ctx, mail, outcome, message);
  }
  return (await settle(ctx, mail, change)) ? outcome : null;
}

/** Returns the changes after an attempt that sent nothing: the e-mail is either retried, or given up and emptied. */
const notSent = (
  { clock }: { clock: Clock },
  mail: Row,
  outcome: 'retrying' | 'failed',
  error: string,
): Partial<Row> =>
  outcome === 'failed'
    ? { status: 'failed', error, nextAttemptAt: null, props: {} }
    : { status: 'queued', error, nextAttemptAt: nextAttempt(clock.now(), mail.attempts) };

/** Records the outcome of an attempt. Returns false if another process has taken the e-mail over. */
async function settle({ db }: { db: Db }, mail: Row, change: Partial<Row>): Promise<boolean> {
  const settled = await db.asSystem((tx) =>
    tx.update(emails).set(change).where(held(mail)).returning({ id: emails.id }),
  );
  return settled.length > 0;
}
