import { and, desc, eq, gte, inArray, lt, ne, or, type SQL } from 'drizzle-orm';
import { isHeld } from '@/db/leases';
import { connections, ledgerTransactions, sales, syncCursors } from '@/db/schema';
import { platformManifest } from '@/server/connectors/manifests';
import { readTimeCursor, writeTimeCursor } from '@/server/foundation/inputs';
import { defineVerb, nothing } from '@/server/verbs/define';
import { monthRange } from '../ledger/month';
import { readWorkspace } from '../workspaces/read-workspace';
import { SYNC_LEASE } from './lease';
import { bookAmounts, bookCurrency } from './sale-amounts';
import { listSalesInput, salePage, syncStatusOutput } from './schemas';

/** Lists sales, newest first, with pagination, each with its ledger transaction. */
export const listSales = defineVerb({
  verb: 'sales.list',
  access: 'money.read',
  effect: 'read',
  input: listSalesInput,
  output: salePage,
  run: async (ctx, input) => {
    return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const range = input.month ? monthRange(input.month, (await readWorkspace(tx, ctx)).timeZone) : null;
      const after = readTimeCursor(input.cursor);
      const rows = await tx
        .select({ sale: sales, connection: connections })
        .from(sales)
        .innerJoin(connections, eq(connections.id, sales.connectionId))
        .where(
          and(
            eq(sales.workspaceId, ctx.workspaceId),
            input.connectionId ? eq(sales.connectionId, input.connectionId) : undefined,
            input.listingId ? eq(sales.listingId, input.listingId) : undefined,
            input.order ? eq(sales.remoteOrderId, input.order) : undefined,
            range ? and(gte(sales.soldAt, range.from), lt(sales.soldAt, range.to)) : undefined,
            after
              ? or(lt(sales.soldAt, after.at), and(eq(sales.soldAt, after.at), lt(sales.id, after.id)))
              : undefined,
          ),
        )
        .orderBy(desc(sales.soldAt), desc(sales.id))
        .limit(input.limit + 1);
      const page = rows.slice(0, input.limit);
      const last = page.at(-1)?.sale;
      // Fetched by key and separately from the page, because with a join the database reads the whole ledger for 25 rows.
      const keyOf = (sale: { connectionId: string; remoteId: string }) =>
        `sale:${sale.connectionId}:${sale.remoteId}`;
      const booked = page.length
        ? await tx
            .select({ id: ledgerTransactions.id, key: ledgerTransactions.key })
            .from(ledgerTransactions)
            .where(
              and(
                eq(ledgerTransactions.workspaceId, ctx.workspaceId),
                inArray(
                  ledgerTransactions.key,
                  page.map(({ sale }) => keyOf(sale)),
                ),
              ),
            )
        : [];
      const transactions = new Map(booked.map(({ id: transactionId, key }) => [key, transactionId]));
      return {
        items: page.map(({ sale, connection }) => {
          const { items, discount, shipping, tax } = bookAmounts(sale);
          const currency = bookCurrency(sale);
          return {
            id: sale.id,
            connectionId: sale.connectionId,
            connectionName: connection.remoteName,
            platform: connection.platform,
            environment: connection.environment,
            listingId: sale.listingId,
            remoteOrderId: sale.remoteOrderId,
            title: sale.title,
            quantity: sale.quantity,
            gross: items,
            discount,
            shipping,
            tax,
            fees: sale.fees,
            refunded: sale.refunded,
            refundedTax: sale.refundedTax,
            net:
              sale.unsettledIn === null
                ? items + shipping - (sale.refunded - sale.refundedTax) - sale.fees
                : null,
            feesKnown: sale.feesKnown,
            currency,
            soldFor:
              currency === sale.currency
                ? null
                : { amount: sale.gross + sale.shipping + sale.tax, currency: sale.currency },
            soldAt: sale.soldAt,
            transactionId: transactions.get(keyOf(sale)) ?? null,
          };
        }),
        nextCursor: rows.length > input.limit && last ? writeTimeCursor(last.soldAt, last.id) : null,
      };
    });
  },
});

/** Returns when each connection that sells was last synced, and whether a sync is in progress. */
export const syncStatus = defineVerb({
  verb: 'sales.syncStatus',
  access: 'money.read',
  effect: 'read',
  input: nothing,
  output: syncStatusOutput,
  run: async (ctx) => {
    const rows = await ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx
        .select({
          connection: connections,
          cursor: syncCursors,
          syncing: isHeld(SYNC_LEASE, ctx.clock.now()) as SQL<boolean | null>,
        })
        .from(connections)
        .leftJoin(
          syncCursors,
          and(eq(syncCursors.connectionId, connections.id), eq(syncCursors.kind, 'sales')),
        )
        .where(and(eq(connections.workspaceId, ctx.workspaceId), ne(connections.status, 'disconnected')))
        .orderBy(connections.createdAt),
    );
    return rows
      .filter(({ connection }) => canSell(connection.platform))
      .map(({ connection, cursor, syncing }) => ({
        connectionId: connection.id,
        name: connection.remoteName,
        platform: connection.platform,
        environment: connection.environment,
        status: connection.status,
        problem: connection.problem,
        syncedAt: cursor && cursor.syncedAt.getTime() > 0 ? cursor.syncedAt : null,
        stuck: cursor?.stuckSince ? { since: cursor.stuckSince, problem: cursor.problem } : null,
        syncing: syncing === true,
      }));
  },
});

/** Whether a platform reports sales. */
export const canSell = (platform: string): boolean =>
  (platformManifest(platform).capabilities as readonly string[]).includes('syncSales');
