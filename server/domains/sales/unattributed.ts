import { and, eq, gt, inArray, isNotNull, or, sql } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ENTRY_MEANINGS, ledgerTransactions, unattributedEntries } from '@/db/schema';

import type { RemoteUnattributed } from '@/server/connectors/kit/types';
import { fact, verbatim } from '@/server/foundation/facts';
import { newId } from '@/server/foundation/ids';
import { currencyDigits, type Money } from '@/server/foundation/money';
import { storableJson, storableText, truncateText } from '@/server/foundation/storable';
import type { Ctx } from '@/server/verbs/context';
import { raiseAlert } from '../alerts/raise-alert';
import { resolveAlert } from '../alerts/resolve-alert';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import {
  feePostings,
  paymentPostings,
  refundPostings,
  taxPostings,
  transferPostings,
  unattributedPostings,
} from '../ledger/postings';
import { reverseTransaction } from '../ledger/reverse-transaction';
import { convertOrders } from './convert-orders';
import { partsKey, refundParts } from './divide-refunds';
import { orderSource, readOrders } from './read-orders';

export type EntryRow = typeof unattributedEntries.$inferSelect;
type Meaning = NonNullable<EntryRow['meaning']>;
/** What is read of a line to book it. */
const BOOKABLE = {
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
type BookableEntry = Pick<EntryRow, keyof typeof BOOKABLE>;

/** Maximum amount of one entry, in minor units: sums of a thousand of them are still exact. */
const MAX_AMOUNT = 9_000_000_000_000;
/** Maximum length of a line that is kept as it came, as JSON. */
const MAX_RAW = 8_000;
const BATCH = 500;
const HOUR_MS = 3_600_000;
/** Before a line's id, where a link names a line instead of what it refers to. */
const BY_ID = 'entry:';

/** Whether the ledger can hold this amount. */
export function isBookable({ amount, currency }: Money): boolean {
  try {
    currencyDigits(currency);
  } catch {
    return false;
  }
  return Number.isSafeInteger(amount) && Math.abs(amount) <= MAX_AMOUNT;
}

/** Key of the alert that a connection has lines that are not attributed. */
const unattributedAlertKey = (connectionId: string): string => `sync:${connectionId}:unattributed`;

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
export const nameOfKind = (row: Pick<EntryRow, 'platformKind'>) =>
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

type Line = Pick<EntryRow, 'connectionId' | 'remoteId'>;
/** Key of the nth attribution of a line: an attribution that was taken back stays in the ledger under its own. */
const attributionKey = ({ connectionId, remoteId }: Line, n: number): string =>
  n === 1 ? `attributed:${connectionId}:${remoteId}` : `attributed-again:${n}:${connectionId}:${remoteId}`;

/** Returns how often each line was attributed so far, by the platform's id, also if that was taken back. The lines are of one connection. */
async function timesAttributed(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  lines: readonly Line[],
): Promise<Map<string, number>> {
  const times = new Map<string, number>();
  let left = lines;
  for (let n = 1; left.length > 0; n++) {
    const booked = new Set<string>();
    for (let i = 0; i < left.length; i += BATCH)
      for (const row of await tx
        .select({ key: ledgerTransactions.key })
        .from(ledgerTransactions)
        .where(
          and(
            eq(ledgerTransactions.workspaceId, ctx.workspaceId),
            inArray(
              ledgerTransactions.key,
              left.slice(i, i + BATCH).map((line) => attributionKey(line, n)),
            ),
          ),
        ))
        booked.add(row.key);
    left = left.filter((line) => booked.has(attributionKey(line, n)));
    for (const { remoteId } of left) times.set(remoteId, n);
  }
  return times;
}

/** Returns the keys under which open lines of a connection are booked when they are attributed next, by the platform's id. */
export async function nextAttributionKeys(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  lines: readonly Line[],
): Promise<Map<string, string>> {
  const times = await timesAttributed(tx, ctx, lines);
  return new Map(
    lines.map((line) => [line.remoteId, attributionKey(line, (times.get(line.remoteId) ?? 0) + 1)]),
  );
}

/**
 * Opens a line again: what a user's attribution booked is reversed, on the day of the line like the attribution itself, so that the month is
 * as before. The caller settles the order.
 */
export async function takeBack(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  row: EntryRow,
): Promise<void> {
  const times = (await timesAttributed(tx, ctx, [row])).get(row.remoteId) ?? 0;
  if (row.state === 'attributed' && times > 0) {
    const key = attributionKey(row, times);
    const booked = await tx
      .select({
        id: ledgerTransactions.id,
        key: ledgerTransactions.key,
        evidence: ledgerTransactions.evidence,
      })
      .from(ledgerTransactions)
      .where(
        and(
          eq(ledgerTransactions.workspaceId, ctx.workspaceId),
          inArray(ledgerTransactions.key, [key, partsKey(key)]),
        ),
      );
    for (const { id } of booked.filter((one) => one.key === key || one.evidence.divides === key))
      await reverseTransaction(tx, ctx, {
        transactionId: id,
        reason: fact('sales.ledger.takenBack'),
        occurredAt: row.occurredAt,
      });
  }
  await tx
    .update(unattributedEntries)
    .set({ state: 'open', attributedAs: null, remoteOrderId: null, settledBy: null, settledAt: null })
    .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, row.id)));
}

/** Marks a line as attributed. The caller books it. */
export async function markAttributed(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  row: Pick<EntryRow, 'id'>,
  how: { meaning: Meaning; remoteOrderId: string | null; by: string },
): Promise<void> {
  await tx
    .update(unattributedEntries)
    .set({
      state: 'attributed',
      attributedAs: how.meaning,
      remoteOrderId: how.remoteOrderId,
      settledBy: how.by,
      settledAt: ctx.clock.now(),
    })
    .where(and(eq(unattributedEntries.workspaceId, ctx.workspaceId), eq(unattributedEntries.id, row.id)));
}

/**
 * Attributes a kept line: what was booked as unattributed moves to where it belongs, and the platform's balance stays as it is. A line whose
 * amount could not be read changes nothing in the ledger. The caller settles the order.
 */
export async function attribute(
  tx: Tx,
  ctx: Ctx,
  row: BookableEntry,
  how: { meaning: Meaning; remoteOrderId: string | null; by: string },
): Promise<void> {
  const { connectionId } = row;
  if (row.amount !== null && row.currency !== null) {
    const change = { amount: row.amount, currency: row.currency };
    const taken = { amount: -row.amount, currency: row.currency };
    const order = how.remoteOrderId;
    const key = (await nextAttributionKeys(tx, ctx, [row])).get(row.remoteId) ?? '';
    const known = order ? (await readOrders(tx, ctx, connectionId, [order])).get(order) : undefined;
    if (known) await convertOrders(tx, ctx, connectionId, [known]);
    const parts = known && how.meaning === 'refund' ? refundParts(known, taken.amount, taken.currency) : null;
    const postings = {
      payment: () => paymentPostings(connectionId, change, 'unattributed'),
      refund: () => refundPostings(connectionId, taken, parts ?? undefined, 'unattributed'),
      fee: () => feePostings(connectionId, taken, 'unattributed'),
      tax: () => taxPostings(connectionId, taken, 'unattributed'),
      payout: () => transferPostings(connectionId, 'bank', taken, 'unattributed'),
      reserve: () => transferPostings(connectionId, 'reserve', taken, 'unattributed'),
    }[how.meaning]();
    await postTransactions(
      tx,
      ctx,
      [
        {
          key,
          kind: how.meaning,
          occurredAt: row.occurredAt,
          description: order
            ? fact('sales.ledger.attributedTo', { kind: nameOfKind(row), order })
            : fact('sales.ledger.attributed', { kind: nameOfKind(row) }),
          source: order ? orderSource(connectionId, order) : { type: 'unattributed', id: row.id },
          postings,
          evidence: {
            remoteId: row.remoteId,
            remoteOrderId: order,
            ...(parts ? { divided: true } : {}),
          },
        },
      ],
      { onDifference: 'keep' },
    );
  }
  await markAttributed(tx, ctx, row, how);
}

/**
 * Attributes open lines whose order the platform has named since. Reads only these, in batches. Returns the orders that they belong to.
 */
export async function attributeLinked(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  links: readonly { reference: string; remoteOrderId: string }[],
): Promise<string[]> {
  const orderOf = new Map(links.map((link) => [link.reference, link.remoteOrderId]));
  const references = [...orderOf.keys()];
  const touched: string[] = [];
  for (let i = 0; i < references.length; i += BATCH) {
    const part = references.slice(i, i + BATCH);
    const ids = part.flatMap((name) => (name.startsWith(BY_ID) ? [name.slice(BY_ID.length)] : []));
    let rows: BookableEntry[] = [];
    do {
      rows = await tx
        .select(BOOKABLE)
        .from(unattributedEntries)
        .where(
          and(
            isWaiting(ctx, connectionId),
            or(inArray(unattributedEntries.reference, part), inArray(unattributedEntries.remoteId, ids)),
            gt(unattributedEntries.id, rows.at(-1)?.id ?? ''),
          ),
        )
        .orderBy(unattributedEntries.id)
        .limit(BATCH);
      for (const row of rows) {
        const remoteOrderId =
          orderOf.get(BY_ID + row.remoteId) ?? (row.reference ? orderOf.get(row.reference) : undefined);
        if (!remoteOrderId || !row.meaning) continue;
        await attribute(tx, ctx, row, { meaning: row.meaning, remoteOrderId, by: 'platform' });
        touched.push(remoteOrderId);
      }
    } while (rows.length === BATCH);
  }
  return touched;
}

/** A connection's lines that nobody has attributed yet. */
const isOpen = (ctx: Pick<Ctx, 'workspaceId'>, connectionId: string) =>
  and(
    eq(unattributedEntries.workspaceId, ctx.workspaceId),
    eq(unattributedEntries.connectionId, connectionId),
    eq(unattributedEntries.state, 'open'),
  );
/** Those of them of which only the order is missing. */
const isWaiting = (ctx: Pick<Ctx, 'workspaceId'>, connectionId: string) =>
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
  return tx
    .select({ remoteId: unattributedEntries.remoteId, reference: unattributedEntries.reference })
    .from(unattributedEntries)
    .where(waiting)
    .orderBy(unattributedEntries.createdAt, unattributedEntries.id)
    .limit(limit)
    .offset(turn * limit);
}

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
