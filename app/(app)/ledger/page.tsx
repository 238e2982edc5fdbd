import { BookOpenText } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { CursorPages } from '@/components/ui/cursor-pages';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { NativeSelect } from '@/components/ui/native-select';
import { PageHeader } from '@/components/ui/page-header';
import { href, one, read, type SearchParams } from '@/components/ui/search-params';
import { Time } from '@/components/ui/time';
import { monthName } from '@/server/domains/ledger/month';
import { month as monthType, timeCursor } from '@/server/foundation/inputs';
import { described } from './words';

export const metadata: Metadata = { title: 'Ledger' };

const KINDS = {
  sale: 'Sale',
  fee: 'Fee',
  refund: 'Refund',
  payout: 'Payout',
  ai_cost: 'AI cost',
  subscription: 'Plan',
  reversal: 'Reversal',
} as const;
const kindName = (kind: string) => (isKind(kind) ? KINDS[kind] : kind);
const isKind = (kind: string | undefined): kind is keyof typeof KINDS =>
  kind !== undefined && Object.hasOwn(KINDS, kind);

export default async function LedgerPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query] = await Promise.all([api(), searchParams]);
  const cursor = read(timeCursor('transaction'), query.cursor);
  const wanted = one(query.kind);
  const kind = isKind(wanted) ? wanted : undefined;
  const month = read(monthType(), query.month);
  const [workspace, page, balances] = await Promise.all([
    caller.workspace.get(),
    caller.ledger.list({ month, kind, cursor, limit: 50 }),
    caller.ledger.balances({ month }),
  ]);
  const zone = workspace.timeZone;
  const months = month && !balances.months.includes(month) ? [month, ...balances.months] : balances.months;
  return (
    <>
      <PageHeader
        title="Ledger"
        description={`Every amount, booked twice: where it came from and where it went. Months are of ${zone.replaceAll('_', ' ')}.`}
        action={
          <Button asChild variant="outline">
            <Link href={href('/reports', { month })}>Open the report</Link>
          </Button>
        }
      />
      <form
        action="/ledger"
        className="mb-4 grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-end gap-2 sm:flex"
      >
        <label htmlFor="month" className="grid gap-1 text-muted-foreground text-xs">
          Month
          <NativeSelect id="month" name="month" defaultValue={month ?? ''} className="sm:w-44">
            <option value="">All months</option>
            {months.map((m) => (
              <option key={m} value={m}>
                {monthName(m)}
              </option>
            ))}
          </NativeSelect>
        </label>
        <label htmlFor="kind" className="grid gap-1 text-muted-foreground text-xs">
          Kind
          <NativeSelect id="kind" name="kind" defaultValue={kind ?? ''} className="sm:w-36">
            <option value="">All kinds</option>
            {Object.entries(KINDS).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </NativeSelect>
        </label>
        <Button type="submit" variant="outline">
          Show
        </Button>
      </form>
      {page.items.length === 0 ? (
        <EmptyState
          icon={BookOpenText}
          title={month || kind ? 'Nothing was booked like this' : 'Nothing is booked yet'}
          description="Sales, fees, refunds and costs appear here by themselves."
          action={
            <Button asChild variant="outline">
              {month || kind ? <Link href="/ledger">Show all</Link> : <Link href="/orders">Open orders</Link>}
            </Button>
          }
        />
      ) : (
        <DataTable
          label="Transactions"
          rows={page.items}
          rowKey={(item) => item.id}
          columns={[
            {
              head: 'When',
              wide: true,
              className: 'whitespace-nowrap',
              cell: (item) => <Time at={item.occurredAt} zone={zone} />,
            },
            {
              head: 'Kind',
              wide: true,
              cell: (item) => <Badge variant="outline">{kindName(item.kind)}</Badge>,
            },
            {
              head: 'What',
              className: 'min-w-32',
              cell: (item) => (
                <>
                  <Link
                    href={`/ledger/${item.id}`}
                    className="wrap-anywhere inline-flex min-h-6 items-center hover:underline"
                    dir="auto"
                  >
                    {described(item)}
                  </Link>
                  <PhoneLine>
                    {kindName(item.kind)}, <Time at={item.occurredAt} zone={zone} />
                  </PhoneLine>
                </>
              ),
            },
            {
              head: 'Amount',
              numeric: true,
              cell: (item) =>
                item.amounts.map((amount) => (
                  <Money
                    key={amount.currency}
                    amount={amount.gain === 0 ? amount.amount : amount.gain}
                    currency={amount.currency}
                    className="block"
                  />
                )),
            },
          ]}
        />
      )}
      <CursorPages path="/ledger" params={{ month, kind }} cursor={cursor} nextCursor={page.nextCursor} />
      {balances.rows.length > 0 ? (
        <section aria-labelledby="balances" className="mt-8 grid grid-cols-1 gap-3">
          <h2 id="balances" className="font-semibold text-base">
            {month ? `What ${monthName(month)} added to each account` : 'Balances'}
          </h2>
          <DataTable
            label="Balances"
            rows={balances.rows}
            rowKey={(row) => `${row.account}${row.subjectId}${row.currency}`}
            columns={[
              {
                head: 'Account',
                cell: (row) => (
                  <>
                    {row.accountName}
                    {row.subject ? (
                      <PhoneLine>
                        <bdi>{row.subject}</bdi>
                      </PhoneLine>
                    ) : null}
                  </>
                ),
              },
              { head: 'Of', wide: true, cell: (row) => <bdi>{row.subject ?? ''}</bdi> },
              {
                head: 'Debit',
                numeric: true,
                cell: (row) =>
                  row.amount > 0 ? <Money amount={row.amount} currency={row.currency} /> : null,
              },
              {
                head: 'Credit',
                numeric: true,
                cell: (row) =>
                  row.amount <= 0 ? <Money amount={-row.amount} currency={row.currency} /> : null,
              },
            ]}
          />
        </section>
      ) : null}
    </>
  );
}
