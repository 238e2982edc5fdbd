import { BookOpenText } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { CursorPages } from '@/components/sell/cursor-pages';
import { href, one, type SearchParams } from '@/components/sell/query';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { NativeSelect } from '@/components/ui/native-select';
import { PageHeader } from '@/components/ui/page-header';
import { Table, TableBody, TableCell, TableHead, TableHeader, TableRow } from '@/components/ui/table';
import { Time } from '@/components/ui/time';
import { monthName } from '@/server/domains/ledger/month';

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
const isKind = (kind: string | undefined): kind is keyof typeof KINDS => kind !== undefined && kind in KINDS;

export default async function LedgerPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query] = await Promise.all([api(), searchParams]);
  const cursor = one(query.cursor);
  const wanted = one(query.kind);
  const kind = isKind(wanted) ? wanted : undefined;
  const asked = one(query.month);
  const [report, workspace] = await Promise.all([caller.ledger.report({}), caller.workspace.get()]);
  const month = asked && report.months.includes(asked) ? asked : undefined;
  const [page, balances] = await Promise.all([
    caller.ledger.list({ month, kind, cursor, limit: 50 }),
    caller.ledger.balances({ month }),
  ]);
  return (
    <>
      <PageHeader
        title="Ledger"
        description={`Every amount, booked twice: where it came from and where it went. Months are of ${workspace.timeZone.replaceAll('_', ' ')}.`}
        action={
          <Button asChild variant="outline">
            <Link href={href('/reports', { month })}>Open the report</Link>
          </Button>
        }
      />
      <form action="/ledger" className="mb-4 flex flex-wrap items-end gap-2">
        <label htmlFor="month" className="grid gap-1 text-muted-foreground text-xs">
          Month
          <NativeSelect id="month" name="month" defaultValue={month ?? ''} className="w-44">
            <option value="">All months</option>
            {report.months.map((m) => (
              <option key={m} value={m}>
                {monthName(m)}
              </option>
            ))}
          </NativeSelect>
        </label>
        <label htmlFor="kind" className="grid gap-1 text-muted-foreground text-xs">
          Kind
          <NativeSelect id="kind" name="kind" defaultValue={kind ?? ''} className="w-36">
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
        />
      ) : (
        <Card>
          <Table label="Transactions">
            <TableHeader>
              <TableRow>
                <TableHead className="max-sm:hidden">When</TableHead>
                <TableHead className="max-sm:hidden">Kind</TableHead>
                <TableHead>What</TableHead>
                <TableHead numeric>Amount</TableHead>
              </TableRow>
            </TableHeader>
            <TableBody>
              {page.items.map((item) => (
                <TableRow key={item.id}>
                  <TableCell className="whitespace-nowrap max-sm:hidden">
                    <Time at={item.occurredAt} zone={workspace.timeZone} />
                  </TableCell>
                  <TableCell className="max-sm:hidden">
                    <Badge variant="outline">{isKind(item.kind) ? KINDS[item.kind] : item.kind}</Badge>
                  </TableCell>
                  <TableCell className="min-w-32">
                    <Link
                      href={`/ledger/${item.id}`}
                      className="wrap-anywhere inline-flex min-h-6 items-center hover:underline"
                      dir="auto"
                    >
                      {item.description}
                    </Link>
                    <span className="block text-muted-foreground text-xs sm:hidden">
                      {isKind(item.kind) ? KINDS[item.kind] : item.kind},{' '}
                      <Time at={item.occurredAt} zone={workspace.timeZone} />
                    </span>
                  </TableCell>
                  <TableCell numeric>
                    {item.amounts.map((amount) => (
                      <Money key={amount.currency} value={amount} className="block" />
                    ))}
                  </TableCell>
                </TableRow>
              ))}
            </TableBody>
          </Table>
        </Card>
      )}
      <CursorPages path="/ledger" params={{ month, kind }} cursor={cursor} nextCursor={page.nextCursor} />
      {balances.rows.length > 0 ? (
        <section aria-labelledby="balances" className="mt-8 grid grid-cols-1 gap-3">
          <h2 id="balances" className="font-semibold text-base">
            {month ? `What ${monthName(month)} added to each account` : 'Balances'}
          </h2>
          <Card>
            <Table label="Balances">
              <TableHeader>
                <TableRow>
                  <TableHead>Account</TableHead>
                  <TableHead>Of</TableHead>
                  <TableHead numeric>Debit</TableHead>
                  <TableHead numeric>Credit</TableHead>
                </TableRow>
              </TableHeader>
              <TableBody>
                {balances.rows.map((row) => (
                  <TableRow key={`${row.account}${row.subjectId}${row.currency}`}>
                    <TableCell>{row.accountName}</TableCell>
                    <TableCell>{row.subject ?? ''}</TableCell>
                    <TableCell numeric>
                      {row.amount > 0 ? <Money amount={row.amount} currency={row.currency} /> : null}
                    </TableCell>
                    <TableCell numeric>
                      {row.amount <= 0 ? <Money amount={-row.amount} currency={row.currency} /> : null}
                    </TableCell>
                  </TableRow>
                ))}
              </TableBody>
            </Table>
          </Card>
        </section>
      ) : null}
    </>
  );
}
