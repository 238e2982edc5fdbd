import { and, eq, inArray, isNotNull, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ENTRY_MEANINGS, ledgerTransactions, unattributedEntries } from '@/db/schema';
import type { RemoteUnattributed } from '@/server/connectors/kit/types';
import { fact, verbatim } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { storableJson, storableText, truncateText } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import { unattributedPostings } from '../ledger/postings';
import { isBookable } from './bookable';

/** A statement line that was kept because it could not be attributed. */
export type KeptLine = typeof unattributedEntries.$inferSelect;
export type Meaning = NonNullable<KeptLine['meaning']>;
/** What is read of a line to book it. */
export const BOOKABLE = {
  id: unattributedEntries.id,
  connectionId: unattributedEntries.connectionId,
  remoteId: unattributedEntries.remoteId,
  platformKind: unattributedEntries.platformKind,
  meaning: unattributedEntries.meaning,
  amount: unattributedEntries.amount,
  currency: unattributedEntries.currency,
  occurredAt: unattributedEntries.occurredAt,
  reference: unattributedEntries.reference,
};
export type BookableLine = Pick<KeptLine, keyof typeof BOOKABLE>;

/** What is read of a line that was kept as unattributed. */
const KEPT = {
  connectionId: unattributedEntries.connectionId,
  id: unattributedEntries.id,
  remoteId: unattributedEntries.remoteId,
  state: unattributedEntries.state,
  amount: unattributedEntries.amount,
  currency: unattributedEntries.currency,
};
export type Kept = Pick<KeptLine, keyof typeof KEPT>;

/** Maximum length of a line that is kept as it came, as JSON. */
const MAX_RAW = 8_000;
const BATCH = 500;
const HOUR_MS = 3_600_000;

/**
 * Keeps lines that could not be read or attributed, and books those with an amount as unattributed, so that the platform's balance is right.
 * A line that is already booked in any way is left alone. Returns the number of new lines.
 */
export async function keepUnattributed(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  reported: readonly RemoteUnattributed[],
): Promise<number> {
  const lines = [...new Map(reported.map((line) => [line.remoteId, line])).values()].filter(
    (line) => line.amount?.amount !== 0,
  );
  let made = 0;
  for (let i = 0; i < lines.length; i += BATCH) {
    const part = lines.slice(i, i + BATCH);
    const booked = await bookedIds(tx, ctx, connectionId, part);
    const fresh = part.filter((line) => !booked.has(line.remoteId));
    if (fresh.length === 0) continue;
    const rows = await tx
      .insert(unattributedEntries)
      .values(
        fresh.map((line) => {
          const amount = line.amount && isBookable(line.amount) ? line.amount : null;
          return {
            id: newId('unattributedEntry', line.occurredAt.getTime()),
            workspaceId: ctx.workspaceId,
            connectionId,
            remoteId: line.remoteId,
            reason: line.reason,
            platformKind: truncateText(storableText(line.platformKind), 100),
            meaning: line.meaning,
            amount: amount?.amount ?? null,
            currency: amount?.currency ?? null,
            occurredAt: line.occurredAt,
            reference: line.reference === null ? null : truncateText(storableText(line.reference), 200),
            raw: storableRaw(line.raw),
            createdAt: ctx.clock.now(),
          };
        }),
      )
      .onConflictDoNothing({ target: [unattributedEntries.connectionId, unattributedEntries.remoteId] })
      .returning(BOOKABLE);
    made += rows.length;
    await postTransactions(
      tx,
      ctx,
      rows.flatMap((row): NewTransaction[] =>
        row.amount === null || row.currency === null
          ? []
          : [
              {
                key: `unattributed:${connectionId}:${row.remoteId}`,
                kind: 'unattributed',
                occurredAt: row.occurredAt,
                description: fact('sales.ledger.unattributed', { kind: nameOfKind(row) }),
                source: { type: 'unattributed', id: row.id },
                postings: unattributedPostings(connectionId, { amount: row.amount, currency: row.currency }),
                evidence: { remoteId: row.remoteId, reference: row.reference },
              },
            ],
      ),
      { onDifference: 'keep' },
    );
  }
  return made;
}

/** The platform's name for a line, as a text that is not translated. */
export const nameOfKind = (row: Pick<KeptLine, 'platformKind'>) =>
  row.platformKind === '' ? fact('sales.entries.nameless') : verbatim(row.platformKind);

/** Cuts what is stored of a line to a size that the database and screens can show. */
function storableRaw(raw: Record<string, unknown>): Record<string, unknown> {
  const text = storableJson(JSON.stringify(raw));
  return text.length <= MAX_RAW ? JSON.parse(text) : { cut: truncateText(text, MAX_RAW) };
}

/** Returns the ids of lines that the ledger already has under any of their possible keys. */
async function bookedIds(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  lines: readonly RemoteUnattributed[],
): Promise<Set<string>> {
  const keys = new Map<string, string>(
    lines.flatMap(({ remoteId }) =>
      [...ENTRY_MEANINGS, 'attributed', 'unattributed'].map(
        (name) => [`${name}:${connectionId}:${remoteId}`, remoteId] as const,
      ),
    ),
  );
  const rows = await tx
    .select({ key: ledgerTransactions.key })
    .from(ledgerTransactions)
    .where(
      and(
        eq(ledgerTransactions.workspaceId, ctx.workspaceId),
        inArray(ledgerTransactions.key, [...keys.keys()]),
      ),
    );
  return new Set(rows.flatMap(({ key }) => keys.get(key) ?? []));
}

/** Locks lines that were kept as unattributed, whatever their state, and returns them by the platform's id. */
export async function keptLines(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  remoteIds: readonly string[],
): Promise<Map<string, Kept>> {
  const found = new Map<string, Kept>();
  for (let i = 0; i < remoteIds.length; i += BATCH)
    for (const row of await tx
      .select(KEPT)
      .from(unattributedEntries)
      .where(
        and(
          eq(unattributedEntries.workspaceId, ctx.workspaceId),
          eq(unattributedEntries.connectionId, connectionId),
          inArray(unattributedEntries.remoteId, remoteIds.slice(i, i + BATCH)),
        ),
      )
      .orderBy(unattributedEntries.id)
      .for('update'))
      found.set(row.remoteId, row);
  return found;
}

/** A connection's lines that nobody has attributed yet. */
const isOpen = (ctx: Pick<Ctx, 'workspaceId'>, connectionId: string) =>
  and(
    eq(unattributedEntries.workspaceId, ctx.workspaceId),
    eq(unattributedEntries.connectionId, connectionId),
    eq(unattributedEntries.state, 'open'),
  );
/** Those of them of which only the order is missing. */
export const isWaiting = (ctx: Pick<Ctx, 'workspaceId'>, connectionId: string) =>
  and(isOpen(ctx, connectionId), isNotNull(unattributedEntries.meaning));

/** Returns some lines that wait for their order, oldest first. Of many, each hour has its turn of them. */
export async function readWaiting(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  connectionId: string,
  limit: number,
): Promise<{ remoteId: string; reference: string | null }[]> {
  const waiting = isWaiting(ctx, connectionId);
  const [count] = await tx.select({ n: sql<number>`count(*)::int` }).from(unattributedEntries).where(waiting);
  const turns = Math.max(1, Math.ceil((count?.n ?? 0) / limit));
  const turn = Math.floor(ctx.clock.now().getTime() / HOUR_MS) % turns;
  // The lines that are skipped are only counted, which reads the index and not their rows.
  const inTurn = tx
    .select({ id: unattributedEntries.id })
    .from(unattributedEntries)
    .where(waiting)
    .orderBy(unattributedEntries.createdAt, unattributedEntries.id)
    .limit(limit)
    .offset(turn * limit);
  return tx
    .select({ remoteId: unattributedEntries.remoteId, reference: unattributedEntries.reference })
    .from(unattributedEntries)
    .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), inArray(unattributedEntries.id, inTurn)))
    .orderBy(unattributedEntries.createdAt, unattributedEntries.id);
}

/** Key of the alert that a connection has lines that are not attributed. */
const unattributedAlertKey = (connectionId: string): string => `sync:${connectionId}:unattributed`;

/** Raises the alert about a connection's unattributed lines, or resolves it when none is left. */
export async function updateUnattributedAlert(
  tx: Tx,
  ctx: Ctx,
  connection: { id: string; remoteName: string },
  added: number,
): Promise<void> {
  const key = unattributedAlertKey(connection.id);
  if (added > 0)
    await raiseAlert(tx, ctx, {
      key,
      severity: 'warning',
      title: fact('sales.alerts.unattributed.title', { shop: connection.remoteName }),
      body: fact('sales.alerts.unattributed.body'),
      href: '/ledger/unattributed',
    });
  else {
    const left = await tx
      .select({ id: unattributedEntries.id })
      .from(unattributedEntries)
      .where(isOpen(ctx, connection.id))
      .limit(1);
    if (left.length === 0) await resolveAlert(tx, ctx, key);
  }
}
