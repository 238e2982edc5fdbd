import { and, eq, sql } from 'drizzle-orm';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Db } from '@/db/client';
import { generations, ledgerAccounts, ledgerPostings, ledgerTransactions, workspaces } from '@/db/schema';
import { newId } from '@/server/foundation/ids';
import type { Ctx } from '@/server/verbs/context';
import { freshDb } from '@/tests/support/db';
import { plain } from '@/tests/support/plain';
import { makeShop } from '../sales/testing';
import { accountName } from './accounts';
import { getTransaction } from './get-transaction';
import { monthReport } from './month-report';
import { postAiCosts } from './post-ai-costs';
import { type NewTransaction, postTransaction, postTransactions } from './post-transaction';
import { feePostings, refundPostings, salePostings } from './postings';
import { balances, listTransactions } from './queries';
import { reverseTransaction } from './reverse-transaction';

let db: Db;
beforeAll(async () => {
  db = await freshDb();
});
afterAll(() => db.close());

const sale = (connectionId: string, id: string, amount: number, currency = 'USD'): NewTransaction => ({
  key: `sale:${connectionId}:${id}`,
  kind: 'sale',
  occurredAt: new Date('2026-07-10T12:00:00Z'),
  description: plain(`Sale ${id}`),
  source: { type: 'sale', id },
  postings: salePostings(connectionId, { amount, currency }),
});
const post = (ctx: Ctx, transactions: NewTransaction[]) =>
  ctx.db.asWorkspace(ctx.workspaceId, (tx) => postTransactions(tx, ctx, transactions));
const balanceOf = async (ctx: Ctx): Promise<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const row of (await balances(ctx, {})).rows) {
    const key = `${row.account}/${row.currency}`;
    sums[key] = (sums[key] ?? 0) + row.amount;
  }
  return sums;
};

describe('postTransactions', () => {
  it('books any sequence once, in any order, however often it is delivered', async () => {
    const event = fc.record({
      id: fc.integer({ min: 0, max: 30 }),
      kind: fc.constantFrom('sale' as const, 'fee' as const, 'refund' as const),
      currency: fc.constantFrom('USD', 'EUR', 'JPY'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { minLength: 1, maxLength: 25 }),
        fc.integer({ min: 1, max: 6 }),
        fc.infiniteStream(fc.boolean()),
        async (events, batch, coin) => {
          const { ctx, connectionId } = await makeShop(db);
          // The amount is derived from the identity, as at a platform.
          const transactions = events.map((e): NewTransaction => {
            const value = { amount: (e.id + 1) * 37, currency: e.currency };
            const postings = { sale: salePostings, fee: feePostings, refund: refundPostings }[e.kind](
              connectionId,
              value,
            );
            const key = `${e.kind}:${connectionId}:${e.currency}:${e.id}`;
            return { ...sale(connectionId, String(e.id), 1), key, kind: e.kind, postings };
          });
          const delivered = transactions.flatMap((one) => (coin.next().value ? [one, one] : [one])).reverse();
          for (let i = 0; i < delivered.length; i += batch) await post(ctx, delivered.slice(i, i + batch));
          await post(ctx, transactions);
          const expected: Record<string, number> = {};
          for (const transaction of new Map(transactions.map((e) => [e.key, e])).values())
            for (const posting of transaction.postings) {
              const key = `${posting.account}/${posting.currency}`;
              expected[key] = (expected[key] ?? 0) + posting.amount;
            }
          expect(await balanceOf(ctx)).toEqual(expected);
          for (const currency of ['USD', 'EUR', 'JPY']) {
            const sum = Object.entries(expected).filter(([k]) => k.endsWith(currency));
            expect(sum.reduce((total, [, amount]) => total + amount, 0)).toBe(0);
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  it('refuses the same key with other postings and keeps the booked ones', async () => {
    const { ctx, connectionId } = await makeShop(db);
    await post(ctx, [sale(connectionId, 'a', 500)]);
    await expect(post(ctx, [sale(connectionId, 'a', 501)])).rejects.toMatchObject({ code: 'conflict' });
    await expect(post(ctx, [sale(connectionId, 'b', 1), sale(connectionId, 'b', 2)])).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await balanceOf(ctx)).toEqual({ 'platform_balance/USD': 500, 'sales/USD': -500 });
  });

  it('refuses unbalanced, zero and fractional postings before they reach the database', async () => {
    const { ctx, connectionId } = await makeShop(db);
    const good = sale(connectionId, 'a', 500);
    const [debit, credit] = good.postings;
    if (!debit || !credit) throw new Error('postings');
    for (const postings of [
      [],
      [debit],
      [debit, { ...credit, amount: -499 }],
      [debit, { ...credit, currency: 'EUR' }],
      [
        { ...debit, amount: 0.5 },
        { ...credit, amount: -0.5 },
      ],
      [debit, credit, { ...debit, amount: 0 }],
    ])
      await expect(post(ctx, [{ ...good, postings }])).rejects.toThrow(RangeError);
    expect(await balanceOf(ctx)).toEqual({});
  });
});

describe('the database', () => {
  const raw = async (ctx: Ctx, amounts: [number, number], currencies: [string, string] = ['USD', 'USD']) => {
    const transactionId = newId('transaction');
    await ctx.db.asWorkspace(ctx.workspaceId, async (tx) => {
      const accounts = currencies.map((currency, i) => ({
        id: newId('account'),
        workspaceId: ctx.workspaceId,
        code: `test_${i}_${newId('account')}`,
        kind: 'asset' as const,
        currency,
      }));
      await tx.insert(ledgerAccounts).values(accounts);
      await tx.insert(ledgerTransactions).values({
        id: transactionId,
        workspaceId: ctx.workspaceId,
        key: transactionId,
        kind: 'sale',
        occurredAt: ctx.clock.now(),
        description: plain('raw'),
        sourceType: 'sale',
        sourceId: 'x',
      });
      await tx.insert(ledgerPostings).values(
        accounts.map((account, line) => ({
          workspaceId: ctx.workspaceId,
          transactionId,
          line,
          accountId: account.id,
          amount: amounts[line] ?? 0,
          currency: account.currency,
        })),
      );
    });
    return transactionId;
  };
  const cause = async (work: Promise<unknown>): Promise<string> =>
    work.then(
      () => 'accepted',
      (error: Error) => `${error.message} ${(error.cause as Error | undefined)?.message ?? ''}`,
    );

  it('refuses an unbalanced transaction at commit', async () => {
    const { ctx } = await makeShop(db);
    expect(await cause(raw(ctx, [100, -100]))).toBe('accepted');
    expect(await cause(raw(ctx, [100, -99]))).toContain('is not balanced');
    expect(await cause(raw(ctx, [100, -100], ['USD', 'EUR']))).toContain('is not balanced');
  });

  it('refuses transactions without postings, updates and deletions', async () => {
    const { ctx } = await makeShop(db);
    const empty = ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
      tx.insert(ledgerTransactions).values({
        id: newId('transaction'),
        workspaceId: ctx.workspaceId,
        key: 'empty',
        kind: 'sale',
        occurredAt: ctx.clock.now(),
        description: plain('empty'),
        sourceType: 'sale',
        sourceId: 'x',
      }),
    );
    expect(await cause(empty)).toContain('has no postings');
    const id = await raw(ctx, [100, -100]);
    const mine = and(eq(ledgerPostings.transactionId, id));
    expect(
      await cause(
        ctx.db.asWorkspace(ctx.workspaceId, (tx) => tx.update(ledgerPostings).set({ amount: 5 }).where(mine)),
      ),
    ).toMatch(/permission denied|append-only/);
    expect(
      await cause(ctx.db.asWorkspace(ctx.workspaceId, (tx) => tx.delete(ledgerPostings).where(mine))),
    ).toMatch(/permission denied|append-only/);
    expect(await cause(ctx.db.raw.execute(sql`delete from ledger_postings`))).not.toContain('balanced');
    expect((await balances(ctx, {})).rows).toHaveLength(2);
  });
});

describe('reversals, months and costs', () => {
  it('reverses a transaction once, and never a reversal', async () => {
    const { ctx, connectionId } = await makeShop(db);
    const [posted] = await post(ctx, [sale(connectionId, 'a', 500)]);
    const transactionId = posted?.id ?? '';
    const reverse = (id: string) =>
      ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
        reverseTransaction(tx, ctx, { transactionId: id, reason: 'entered twice' }),
      );
    const first = await reverse(transactionId);
    expect(first.created).toBe(true);
    expect(await reverse(transactionId)).toMatchObject({ id: first.id, created: false });
    await expect(reverse(first.id)).rejects.toMatchObject({ code: 'invalid' });
    expect(await balanceOf(ctx)).toEqual({ 'platform_balance/USD': 0, 'sales/USD': 0 });
    const detail = await getTransaction(ctx, { id: transactionId });
    expect(detail.reversedById).toBe(first.id);
    expect(detail.postings.map((p) => p.amount)).toEqual([500, -500]);
    expect(detail.postings.map((p) => p.accountName)).toEqual(['Held by the platform', 'Sales']);
    expect(accountName('toString')).toEqual('toString');
    expect((await getTransaction(ctx, { id: first.id })).description).toEqual(
      'Reversal of “Sale a”: entered twice',
    );
  });

  it('assigns transactions to months in the workspace’s time zone', async () => {
    const { ctx, connectionId } = await makeShop(db, { timeZone: 'Asia/Kathmandu' });
    // 18:30 UTC on 30 June is 00:15 on 1 July in Kathmandu.
    await post(ctx, [
      { ...sale(connectionId, 'july', 700), occurredAt: new Date('2026-06-30T18:30:00Z') },
      { ...sale(connectionId, 'june', 300), occurredAt: new Date('2026-06-30T18:14:59Z') },
      { ...sale(connectionId, 'yen', 900, 'JPY'), occurredAt: new Date('2026-07-31T18:14:59Z') },
    ]);
    const july = await monthReport(ctx, { month: '2026-07' });
    expect(july.totals.map((t) => [t.currency, t.gross])).toEqual([
      ['USD', 700],
      ['JPY', 900],
    ]);
    expect((await monthReport(ctx, { month: '2026-06' })).totals).toMatchObject([
      { currency: 'USD', gross: 300, net: 300 },
    ]);
    expect(july.months).toEqual(expect.arrayContaining(['2026-06', '2026-07']));
    const page = await listTransactions(ctx, { month: '2026-07', limit: 1 });
    const rest = await listTransactions(ctx, { month: '2026-07', limit: 1, cursor: page.nextCursor ?? '' });
    expect([...page.items, ...rest.items].map((i) => i.description)).toEqual(['Sale yen', 'Sale july']);
    expect(rest.nextCursor).toBeNull();
  });

  it('reports what each transaction adds or costs, and which months have transactions', async () => {
    const { ctx, connectionId } = await makeShop(db, { timeZone: 'Asia/Kathmandu' });
    const at = (iso: string) => ({ occurredAt: new Date(iso) });
    const fee = (id: string, amount: number): NewTransaction => ({
      ...sale(connectionId, id, 1),
      key: `fee:${connectionId}:${id}`,
      kind: 'fee',
      postings: feePostings(connectionId, { amount, currency: 'USD' }),
    });
    await post(ctx, [
      { ...sale(connectionId, 'old', 500), ...at('2025-12-31T18:15:00Z') },
      { ...fee('paid', 65), ...at('2026-03-01T00:00:00Z') },
      { ...fee('given back', -20), ...at('2026-03-02T00:00:00Z') },
    ]);
    const page = await listTransactions(ctx, { limit: 10 });
    expect(page.items.map((i) => i.amounts)).toEqual([
      [{ amount: 20, gain: 20, currency: 'USD' }],
      [{ amount: 65, gain: -65, currency: 'USD' }],
      [{ amount: 500, gain: 500, currency: 'USD' }],
    ]);
    // The last instants of December in UTC are January in Kathmandu.
    const { months } = await balances(ctx, {});
    expect(months.slice(-2)).toEqual(['2026-03', '2026-01']);
    expect(months).toEqual([...months].sort().reverse());
  });

  it('books whole cents of AI costs and carries the remainder over', async () => {
    const { ctx } = await makeShop(db);
    const use = (at: string, costMicros: number, provider = 'mistral') =>
      ctx.db.asWorkspace(ctx.workspaceId, (tx) =>
        tx.insert(generations).values({
          id: newId('generation'),
          workspaceId: ctx.workspaceId,
          provider,
          model: 'm',
          costMicros,
          outcome: 'completed',
          createdAt: new Date(at),
        }),
      );
    await use('2026-07-01T10:00:00Z', 9_999);
    expect(await postAiCosts({ ctx })).toEqual({ posted: 0 });
    await use('2026-07-02T10:00:00Z', 1);
    await use('2026-07-02T11:00:00Z', 25_000);
    await use('2026-07-02T11:00:00Z', 12_345, 'groq');
    expect(await postAiCosts({ ctx })).toEqual({ posted: 2 });
    expect(await postAiCosts({ ctx })).toEqual({ posted: 0 });
    await use('2026-07-02T12:00:00Z', 5_000);
    await use('2026-07-03T12:00:00Z', 10_000);
    expect(await postAiCosts({ ctx })).toEqual({ posted: 2 });
    // 50,000 and 12,345 millionths: five cents and one, with 2,345 carried over.
    expect(await balanceOf(ctx)).toEqual({ 'ai_cost/USD': 6, 'ai_payable/USD': -6 });
  });

  it('books AI costs by the workspace’s day, even in a time zone that PostgreSQL does not know', async () => {
    // ICU knows this name, PostgreSQL does not. Which others it lacks depends on its machine.
    const zone = 'US/Pacific-New';
    await expect(db.asSystem((tx) => tx.execute(sql`select now() at time zone ${zone}`))).rejects.toThrow();
    const { ctx } = await makeShop(db);
    await db.asSystem((tx) =>
      tx.update(workspaces).set({ timeZone: zone }).where(eq(workspaces.id, ctx.workspaceId)),
    );
    for (const at of [
      '2026-03-08T07:59:00Z',
      '2026-03-08T08:00:00Z',
      '2026-03-09T06:59:00Z',
      '2026-03-09T07:00:00Z',
    ])
      await db.asSystem((tx) =>
        tx.insert(generations).values({
          id: newId('generation'),
          workspaceId: ctx.workspaceId,
          provider: 'mistral',
          model: 'm',
          costMicros: 10_000,
          outcome: 'completed',
          createdAt: new Date(at),
        }),
      );
    expect(await postAiCosts({ ctx })).toEqual({ posted: 3 });
    const booked = await db.asWorkspace(ctx.workspaceId, (tx) =>
      tx.select().from(ledgerTransactions).where(eq(ledgerTransactions.workspaceId, ctx.workspaceId)),
    );
    expect(booked.map(({ evidence }) => evidence)).toEqual(
      expect.arrayContaining([
        { day: '2026-03-07', totalMicros: 10_000, carriedMicros: 0 },
        { day: '2026-03-08', totalMicros: 30_000, carriedMicros: 0 },
        { day: '2026-03-09', totalMicros: 40_000, carriedMicros: 0 },
      ]),
    );
  });

  it('keeps workspaces apart', async () => {
    const a = await makeShop(db);
    const b = await makeShop(db);
    const posted = await a.ctx.db.asWorkspace(a.ctx.workspaceId, (tx) =>
      postTransaction(tx, a.ctx, sale(a.connectionId, 'a', 500)),
    );
    await expect(getTransaction(b.ctx, { id: posted.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    expect(await balanceOf(b.ctx)).toEqual({});
  });
});
