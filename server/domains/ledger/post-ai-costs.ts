import { and, asc, eq, gt, max, min, sql } from 'drizzle-orm';
import { generations, ledgerAccounts, ledgerPostings } from '@/db/schema';
import { fact } from '@/server/foundation/facts';
import { money } from '@/server/foundation/money';
import { daysBetween } from '@/server/foundation/zoned-time';
import type { Ctx } from '@/server/verbs/context';
import { lockWorkspace } from '../workspaces/lock-workspace';
import { type NewTransaction, postTransactions } from './post-transaction';
import { aiCostPostings } from './postings';

/** Millionths of a US dollar in a cent. */
const MICROS = 10_000;

/**
 * Books AI costs since the last run, one transaction per provider and day in the workspace's time zone. Costs come in millionths of a
 * dollar and the ledger holds cents: after each day, the ledger contains exactly the whole cents of the running total, and the remainder is
 * carried over. It compares totals and not single events, so repeating it, also after a crash, changes nothing.
 */
export async function postAiCosts({ ctx }: { ctx: Ctx }): Promise<{ posted: number }> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const paid = and(eq(generations.workspaceId, ctx.workspaceId), gt(generations.costMicros, 0));
    const [span] = await tx
      .select({ first: min(generations.createdAt), last: max(generations.createdAt) })
      .from(generations)
      .where(paid);
    if (!span?.first || !span.last) return { posted: 0 };
    // The days are computed here because the time zones that PostgreSQL knows depend on its machine.
    const calendar = daysBetween(span.first, span.last, workspace.timeZone);
    const starts = `{${calendar.map(({ from }) => from.toISOString()).join(',')}}`;
    const number = sql<number>`width_bucket(${generations.createdAt}, ${starts}::timestamptz[])`;
    const days = await tx
      .select({
        provider: generations.provider,
        number,
        micros: sql<string>`sum(${generations.costMicros})`,
        last: max(generations.createdAt),
      })
      .from(generations)
      .where(paid)
      // Grouped by position, because the day boundaries are parameters and PostgreSQL does not recognize equal parameters as the same
      // expression.
      .groupBy(generations.provider, sql`2`)
      .orderBy(asc(generations.provider), sql`2`);
    const booked = await tx
      .select({ provider: ledgerAccounts.subjectId, cents: sql<string>`sum(${ledgerPostings.amount})` })
      .from(ledgerPostings)
      .innerJoin(ledgerAccounts, eq(ledgerAccounts.id, ledgerPostings.accountId))
      .where(
        and(
          eq(ledgerAccounts.workspaceId, ctx.workspaceId),
          eq(ledgerAccounts.code, 'ai_cost'),
          eq(ledgerAccounts.currency, 'USD'),
        ),
      )
      .groupBy(ledgerAccounts.subjectId);
    const posted = new Map(booked.map((row) => [row.provider, Number(row.cents)]));
    const total = new Map<string, number>();
    const transactions: NewTransaction[] = [];
    for (const row of days) {
      const micros = (total.get(row.provider) ?? 0) + Number(row.micros);
      total.set(row.provider, micros);
      const due = Math.floor(micros / MICROS);
      const before = posted.get(row.provider) ?? 0;
      if (due <= before) continue;
      posted.set(row.provider, due);
      const day = calendar[row.number - 1]?.day;
      if (!day) throw new Error('A cost is outside the days that were summed');
      transactions.push({
        key: `ai:${row.provider}:${due}`,
        kind: 'ai_cost',
        occurredAt: row.last ?? ctx.clock.now(),
        description: fact('ledger.transactions.aiCost', { provider: row.provider, day: { local: day } }),
        source: { type: 'ai_provider', id: row.provider },
        postings: aiCostPostings(row.provider, money(due - before, 'USD')),
        evidence: { day, totalMicros: micros, carriedMicros: micros - due * MICROS },
      });
    }
    await postTransactions(tx, ctx, transactions);
    return { posted: transactions.length };
  });
}
