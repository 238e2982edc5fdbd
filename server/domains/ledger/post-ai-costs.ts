import { and, asc, eq, gt, sql } from 'drizzle-orm';
import { generations, ledgerAccounts, ledgerPostings } from '@/db/schema';
import { money } from '@/server/foundation/money';
import { lockWorkspace } from '../billing/lock-workspace';
import type { Ctx } from '../context';
import { aiCostLines } from './lines';
import { type NewTransaction, postTransactions } from './post-transaction';

/** Millionths of a US dollar in a cent. */
const MICROS = 10_000;

/**
 * Books what AI has cost since the last time, a transaction a provider and day in the workspace's zone. Costs come in millionths of
 * a dollar and the ledger holds cents: after each day the ledger has exactly the whole cents of the total so far, and the
 * rest is carried on. It looks at the totals and not at single events, so running it twice, or after a crash, changes nothing.
 */
export async function postAiCosts({ ctx }: { ctx: Ctx }): Promise<{ posted: number }> {
  return ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
    const workspace = await lockWorkspace(tx, ctx.workspaceId);
    const day = sql<string>`to_char(${generations.createdAt} at time zone ${workspace.timeZone}, 'YYYY-MM-DD')`;
    const days = await tx
      .select({
        provider: generations.provider,
        day,
        micros: sql<string>`sum(${generations.costMicros})`,
        last: sql<string>`to_char(max(${generations.createdAt}) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`,
      })
      .from(generations)
      .where(and(eq(generations.workspaceId, ctx.workspaceId), gt(generations.costMicros, 0)))
      // By position: the zone is a parameter, and PostgreSQL does not see that two parameters are one.
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
    const entries: NewTransaction[] = [];
    for (const row of days) {
      const micros = (total.get(row.provider) ?? 0) + Number(row.micros);
      total.set(row.provider, micros);
      const due = Math.floor(micros / MICROS);
      const before = posted.get(row.provider) ?? 0;
      if (due <= before) continue;
      posted.set(row.provider, due);
      entries.push({
        key: `ai:${row.provider}:${due}`,
        kind: 'ai_cost',
        occurredAt: new Date(row.last),
        description: `AI cost of ${row.provider}, ${row.day}`,
        source: { type: 'ai_provider', id: row.provider },
        lines: aiCostLines(row.provider, money(due - before, 'USD')),
        evidence: { day: row.day, totalMicros: micros, carriedMicros: micros - due * MICROS },
      });
    }
    await postTransactions(tx, ctx, entries);
    return { posted: entries.length };
  });
}
