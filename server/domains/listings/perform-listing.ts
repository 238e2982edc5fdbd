import { and, eq, or, sql } from 'drizzle-orm';
import { type HeldLease, isFree, isOurs, type LeaseKind, leaseEnd, leasesOf } from '@/db/leases';
import { listings } from '@/db/schema';
import { isConnectorFault, isStoppedFault } from '@/server/connectors/kit/types';
import { AppError, isAppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { recordActivity } from '../activity/record-activity';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { isEmergencyStopped } from '../connections/held';
import { readFileContent } from '../files/read-file';
import { readProduct } from '../products/queries';
import { sentContentOf } from '../products/sent-content';
import { noFile } from './can-list';
import { readListing } from './queries';

/** The lease of the run that works on a listing. Each claim has its own version. */
export const LISTING_LEASE: LeaseKind = {
  name: 'listing',
  id: listings.id,
  token: listings.version,
  until: listings.leaseUntil,
};
/**
 * An interrupted listing is claimed again this long after its lease expires. A request may be in transit for as long as the longest one
 * takes (an upload, two minutes), and its result must exist before the next run looks for it.
 */
export const LISTING_GRACE_MS = 150_000;
/** Digital products do not run out; this is Etsy's maximum. */
const QUANTITY = 999;
const alertKey = (id: string): string => `listing:${id}`;

type Row = typeof listings.$inferSelect;
export type ListingOutcome = 'active' | 'delisted' | 'failed' | 'nothing_to_do';

/**
 * Carries out what a listing's row requests: puts it on the platform or takes it down. The row is claimed first, and whatever the platform
 * creates is recorded immediately, so that the next run can continue after a crash. Throws the ConnectorFault if a retry may help.
 */
export async function performListing({
  ctx,
  input,
}: {
  ctx: Ctx;
  input: { listingId: string };
}): Promise<ListingOutcome> {
  // During an emergency stop, the row waits unchanged.
  if (await isEmergencyStopped(ctx)) return 'nothing_to_do';
  const claimed = await claim(ctx, input.listingId);
  if (!claimed) return 'nothing_to_do';
  const lease = leasesOf(ctx.db).hold(LISTING_LEASE, {
    id: claimed.id,
    token: String(claimed.version),
    until: claimed.leaseUntil ?? ctx.clock.now(),
    clock: ctx.clock,
  });
  try {
    return claimed.state === 'delisting'
      ? await delist(ctx, claimed, lease)
      : await list(ctx, claimed, lease);
  } catch (error) {
    return await settleFailure(ctx, claimed, error);
  } finally {
    lease.end();
  }
}

/** Claims the row if it is due and no other run holds it. Increments the version, which identifies the claim. */
async function claim(ctx: Ctx, listingId: string): Promise<Row | null> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    await readListing(tx, ctx, listingId);
    const now = ctx.clock.now();
    const [before] = await tx
      .select()
      .from(listings)
      .where(
        and(
          eq(listings.workspaceId, ctx.workspaceId),
          eq(listings.id, listingId),
          or(
            eq(listings.state, 'pending'),
            // Taking down may be repeated as soon as its run has ended, but not concurrently.
            and(eq(listings.state, 'delisting'), isFree(LISTING_LEASE, now)),
            and(eq(listings.state, 'listing'), isFree(LISTING_LEASE, now, { graceMs: LISTING_GRACE_MS })),
          ),
        ),
      )
      .for('update');
    if (!before) return null;
    const [row] = await tx
      .update(listings)
      .set({
        state: before.state === 'delisting' ? 'delisting' : 'listing',
        version: before.version + 1,
        leaseUntil: leaseEnd(now),
        updatedAt: now,
      })
      .where(and(eq(listings.workspaceId, ctx.workspaceId), eq(listings.id, listingId)))
      .returning();
    return row ?? null;
  });
}

const held = (ctx: Ctx, row: Row) =>
  and(
    eq(listings.workspaceId, ctx.workspaceId),
    eq(listings.id, row.id),
    isOurs(LISTING_LEASE, sql`${row.version}`),
  );

async function list(ctx: Ctx, row: Row, lease: HeldLease): Promise<ListingOutcome> {
  // The content at the time of the request, because a later edit is not what the user listed.
  const product =
    row.sent ??
    sentContentOf(await ctx.db.asWorkspace(ctx.workspaceId, (tx) => readProduct(tx, ctx, row.productId)));
  const { fileId } = product;
  if (!fileId) throw noFile();
  // Never a picture that was drawn or changed since: buyers see what the user saw.
  if (!row.pictureId) throw new AppError('invalid', fact('listings.errors.noPicture'));
  const [file, picture] = await Promise.all([
    readFileContent(ctx, fileId),
    readFileContent(ctx, row.pictureId),
  ]);
  // Reading took time, so another run may have claimed the row; then nothing may be sent from here.
  if (!(await lease.refresh())) return 'nothing_to_do';
  const listed = await ctx.platforms.call({
    ctx,
    connectionId: row.connectionId,
    capability: 'list',
    input: {
      title: product.title,
      description: product.description,
      tags: product.tags,
      price: { amount: row.price, currency: row.currency },
      quantity: QUANTITY,
      file: { name: file.name, mime: file.mime, bytes: file.content },
      image: { name: picture.name, mime: picture.mime, bytes: picture.content },
      resume: row.remoteId ?? undefined,
      marker: row.id,
      since: row.createdAt,
      onDraft: async (remoteId) => {
        row.remoteId = remoteId;
        const kept = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
          tx
            .update(listings)
            .set({ remoteId, updatedAt: ctx.clock.now() })
            .where(held(ctx, row))
            .returning({ id: listings.id }),
        );
        if (kept.length === 0) throw new Error('Another run has claimed this listing');
      },
    },
  });
  return finish(
    ctx,
    row,
    'active',
    { remoteId: listed.remoteId, url: listed.url, sent: product },
    {
      verb: 'listing.active',
      summary: (account) =>
        fact('listings.activity.listed', {
          title: product.title,
          account,
          price: { amount: row.price, currency: row.currency },
        }),
    },
  );
}

async function delist(ctx: Ctx, row: Row, lease: HeldLease): Promise<ListingOutcome> {
  if (!(await lease.refresh())) return 'nothing_to_do';
  // Without a remote id, nothing was ever created there.
  if (row.remoteId)
    await ctx.platforms.call({
      ctx,
      connectionId: row.connectionId,
      capability: 'delist',
      input: { remoteId: row.remoteId },
    });
  return finish(
    ctx,
    row,
    'delisted',
    {},
    {
      verb: 'listing.delisted',
      summary: (account, title) => fact('listings.activity.takenDown', { title, account }),
    },
  );
}

async function finish<S extends 'active' | 'delisted'>(
  ctx: Ctx,
  row: Row,
  state: S,
  set: Partial<Row>,
  say: { verb: string; summary(account: string, title: string): Fact },
): Promise<S | 'nothing_to_do'> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const now = ctx.clock.now();
    const done = await tx
      .update(listings)
      .set({ ...set, state, problem: null, leaseUntil: null, updatedAt: now, version: row.version + 1 })
      .where(held(ctx, row))
      .returning({ id: listings.id });
    if (done.length === 0) return 'nothing_to_do';
    const shown = await readListing(tx, ctx, row.id);
    await resolveAlert(tx, ctx, alertKey(row.id));
    await recordActivity(tx, ctx, {
      verb: say.verb,
      subjectType: 'listing',
      subjectId: row.id,
      summary: say.summary(shown.connectionName, shown.productTitle),
      before: { state: row.state },
      after: { state },
    });
    return state;
  });
}

/** Determines what an error means for the row. Rethrows temporary faults after releasing the row. */
async function settleFailure(ctx: Ctx, row: Row, error: unknown): Promise<ListingOutcome> {
  const fault = isConnectorFault(error) ? error : null;
  // An unknown outcome needs no decision here: the next run finds the listing by the row's marker and continues with it.
  const final =
    fault?.kind === 'rejected' ||
    fault?.kind === 'reauth' ||
    (isAppError(error) && error.code !== 'rate_limited');
  const delisting = row.state === 'delisting';
  const state = final ? (delisting ? 'active' : 'failed') : delisting ? 'delisting' : 'pending';
  const problem = fault?.fact ?? (isAppError(error) ? error.fact : fact('listings.problems.ours'));
  const ours = await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const kept = await tx
      .update(listings)
      .set({
        state,
        problem,
        leaseUntil: null,
        updatedAt: ctx.clock.now(),
        version: row.version + 1,
      })
      .where(held(ctx, row))
      .returning({ id: listings.id });
    if (kept.length === 0) return false;
    if (!final) return true;
    const shown = await readListing(tx, ctx, row.id);
    const listing = { title: shown.productTitle, account: shown.connectionName };
    await raiseAlert(tx, ctx, {
      key: alertKey(row.id),
      severity: 'warning',
      title: fact(delisting ? 'listings.alerts.notTakenDown' : 'listings.alerts.notListed', listing),
      body: problem,
      href: '/listings',
    });
    await recordActivity(tx, ctx, {
      verb: 'listing.failed',
      subjectType: 'listing',
      subjectId: row.id,
      summary: fact(delisting ? 'listings.activity.notTakenDown' : 'listings.activity.notListed', {
        ...listing,
        problem,
      }),
      before: { state: row.state },
      after: { state },
    });
    return true;
  });
  if (!ours) return 'nothing_to_do';
  if (final) return 'failed';
  // Stopped half-way: the row continues from its draft when the workspace resumes. This is not a failure of the run.
  if (isStoppedFault(error)) return 'nothing_to_do';
  throw error;
}
