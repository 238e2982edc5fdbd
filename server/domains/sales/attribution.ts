import { and, eq, gt, inArray, ne, or, type SQL } from 'drizzle-orm';
import type { Tx } from '@/db/client';
import { ledgerTransactions, unattributedEntries } from '@/db/schema';
import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import type { Ctx } from '@/server/verbs/context';
import { type NewTransaction, postTransactions } from '../ledger/post-transaction';
import {
  feePostings,
  paymentPostings,
  refundPostings,
  taxPostings,
  transferPostings,
} from '../ledger/postings';
import { reverseTransaction } from '../ledger/reverse-transaction';
import { convertOrders } from './convert-orders';
import { partsKey, refundParts } from './divide-refunds';
import { addToOrder, type Order, orderSource, readOrders } from './read-orders';
import {
  BOOKABLE,
  type BookableLine,
  isWaiting,
  type KeptLine,
  type Meaning,
  nameOfKind,
} from './unattributed';

const BATCH = 500;
/** Before a line's id, where a link names a line instead of what it refers to. */
const BY_ID = 'entry:';

/** The state of a line: attributed, left unattributed (`understood` in the database), or open. */
export type LineState =
  | { state: 'open' }
  | { state: 'understood'; by: string }
  | { state: 'attributed'; meaning: Meaning; remoteOrderId: string | null; by: string };

/** Sets the state of a line. The caller books it. */
export async function setState(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  row: Pick<KeptLine, 'id'>,
  now: LineState,
): Promise<void> {
  const attributed = now.state === 'attributed' ? now : null;
  const by = now.state === 'open' ? null : now.by;
  const changed = await tx
    .update(unattributedEntries)
    .set({
      state: now.state,
      attributedAs: attributed?.meaning ?? null,
      remoteOrderId: attributed?.remoteOrderId ?? null,
      settledBy: by,
      settledAt: by === null ? null : ctx.clock.now(),
    })
    .where(
      and(
        eq(unattributedEntries.workspaceId, ctx.workspaceId),
        eq(unattributedEntries.id, row.id),
        (by === null ? ne : eq)(unattributedEntries.state, 'open'),
      ),
    )
    .returning({ id: unattributedEntries.id });
  if (changed.length === 0)
    throw new AppError(
      'conflict',
      by === null ? fact('sales.errors.entryOpen') : fact('sales.errors.entrySettled'),
    );
}

/** What names a line in keys. */
type LineId = Pick<KeptLine, 'connectionId' | 'remoteId'>;
/** Key of the nth attribution of a line: an attribution that was taken back stays in the ledger under its own. */
const attributionKey = ({ connectionId, remoteId }: LineId, n: number): string =>
  n === 1 ? `attributed:${connectionId}:${remoteId}` : `attributed-again:${n}:${connectionId}:${remoteId}`;

/** Returns how often each line was attributed so far, by the platform's id, also if that was taken back. The lines are of one connection. */
async function timesAttributed(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId'>,
  lines: readonly LineId[],
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
  lines: readonly LineId[],
): Promise<Map<string, string>> {
  const times = await timesAttributed(tx, ctx, lines);
  return new Map(
    lines.map((line) => [line.remoteId, attributionKey(line, (times.get(line.remoteId) ?? 0) + 1)]),
  );
}

/** A line of a connection, and what it is attributed as. */
interface Attribution {
  row: BookableLine;
  meaning: Meaning;
  remoteOrderId: string | null;
  by: string;
}

/**
 * Attributes kept lines, in this order: what was booked as unattributed moves to where it belongs, and the platform's balance stays as it is.
 * A line whose amount could not be read changes nothing in the ledger. The caller settles the orders. `orders` are those that were read for
 * earlier lines, because each line changes what is left of its order; those of these lines are added.
 */
export async function attribute(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  lines: readonly Attribution[],
  orders: Map<string, Order> = new Map(),
): Promise<void> {
  const booked = lines.flatMap((line) => {
    const { amount, currency } = line.row;
    return amount === null || currency === null ? [] : [{ ...line, change: { amount, currency } }];
  });
  const keys = await nextAttributionKeys(
    tx,
    ctx,
    booked.map(({ row }) => row),
  );
  const unread = new Set(booked.flatMap(({ remoteOrderId }) => remoteOrderId ?? []));
  for (const order of orders.keys()) unread.delete(order);
  for (const [name, order] of await readOrders(tx, ctx, connectionId, [...unread])) orders.set(name, order);
  const transactions: NewTransaction[] = [];
  for (const { row, meaning, remoteOrderId, change } of booked) {
    const taken = { amount: -change.amount, currency: change.currency };
    const order = remoteOrderId === null ? undefined : orders.get(remoteOrderId);
    if (order) await convertOrders(tx, ctx, connectionId, [order]);
    const parts = order && meaning === 'refund' ? refundParts(order, taken.amount, taken.currency) : null;
    const postings = {
      payment: () => paymentPostings(connectionId, change, 'unattributed'),
      refund: () => refundPostings(connectionId, taken, parts ?? undefined, 'unattributed'),
      fee: () => feePostings(connectionId, taken, 'unattributed'),
      tax: () => taxPostings(connectionId, taken, 'unattributed'),
      payout: () => transferPostings(connectionId, 'bank', taken, 'unattributed'),
      reserve: () => transferPostings(connectionId, 'reserve', taken, 'unattributed'),
    }[meaning]();
    const transaction: NewTransaction = {
      key: keys.get(row.remoteId) ?? '',
      kind: meaning,
      occurredAt: row.occurredAt,
      description: remoteOrderId
        ? fact('sales.ledger.attributedTo', { kind: nameOfKind(row), order: remoteOrderId })
        : fact('sales.ledger.attributed', { kind: nameOfKind(row) }),
      source: remoteOrderId ? orderSource(connectionId, remoteOrderId) : { type: 'unattributed', id: row.id },
      postings,
      evidence: {
        remoteId: row.remoteId,
        remoteOrderId,
        ...(parts ? { divided: true } : {}),
      },
    };
    transactions.push(transaction);
    if (order) addToOrder(order, transaction);
  }
  await postTransactions(tx, ctx, transactions, { onDifference: 'keep' });
  for (const { row, ...how } of lines) await setState(tx, ctx, row, { state: 'attributed', ...how });
}

/** What the platform has named the order of since: a line, or what it refers to. */
type Link = { reference: string; remoteOrderId: string };

/** Returns conditions that together match the open lines that links name. */
function linkedLines(ctx: Ctx, connectionId: string, links: readonly Link[]): (SQL | undefined)[] {
  const references = [...new Set(links.map((link) => link.reference))];
  const out: (SQL | undefined)[] = [];
  for (let i = 0; i < references.length; i += BATCH) {
    const part = references.slice(i, i + BATCH);
    const ids = part.flatMap((name) => (name.startsWith(BY_ID) ? [name.slice(BY_ID.length)] : []));
    out.push(
      and(
        isWaiting(ctx, connectionId),
        or(inArray(unattributedEntries.reference, part), inArray(unattributedEntries.remoteId, ids)),
      ),
    );
  }
  return out;
}

/** Locks the open lines that links name, before anything is booked (see `storePage`). */
export async function lockLinked(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  links: readonly Link[],
): Promise<void> {
  for (const linked of linkedLines(ctx, connectionId, links))
    await tx
      .select({ id: unattributedEntries.id })
      .from(unattributedEntries)
      .where(linked)
      .orderBy(unattributedEntries.id)
      .for('update');
}

/**
 * Attributes open lines whose order the platform has named since. Reads only these, in batches. Returns the orders that they belong to. A
 * line that is locked elsewhere was opened after the caller locked the others, so it is left to a later sync.
 */
export async function attributeLinked(
  tx: Tx,
  ctx: Ctx,
  connectionId: string,
  links: readonly Link[],
): Promise<string[]> {
  const orderOf = new Map(links.map((link) => [link.reference, link.remoteOrderId]));
  const orders = new Map<string, Order>();
  const touched: string[] = [];
  for (const linked of linkedLines(ctx, connectionId, links)) {
    let rows: BookableLine[] = [];
    do {
      rows = await tx
        .select(BOOKABLE)
        .from(unattributedEntries)
        .where(and(linked, gt(unattributedEntries.id, rows.at(-1)?.id ?? '')))
        .orderBy(unattributedEntries.id)
        .limit(BATCH)
        .for('update', { skipLocked: true });
      const lines = rows.flatMap((row): Attribution[] => {
        const remoteOrderId =
          orderOf.get(BY_ID + row.remoteId) ?? (row.reference ? orderOf.get(row.reference) : undefined);
        return remoteOrderId && row.meaning
          ? [{ row, meaning: row.meaning, remoteOrderId, by: 'platform' }]
          : [];
      });
      await attribute(tx, ctx, connectionId, lines, orders);
      touched.push(...lines.flatMap(({ remoteOrderId }) => remoteOrderId ?? []));
    } while (rows.length === BATCH);
  }
  return touched;
}

/**
 * Opens a line again: what a user's attribution booked is reversed, on the day of the line like the attribution itself, so that the month is
 * as before. The caller settles the order.
 */
export async function takeBack(
  tx: Tx,
  ctx: Pick<Ctx, 'workspaceId' | 'clock'>,
  row: KeptLine,
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
  await setState(tx, ctx, row, { state: 'open' });
}
