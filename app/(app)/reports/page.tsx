import { Download } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { SandboxBadge } from '@/components/listings/listing-state';
import { EarnedChart } from '@/components/sales/earned-chart';
import { api } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { NativeSelect } from '@/components/ui/native-select';
import { PageHeader } from '@/components/ui/page-header';
import { href, read, type SearchParams } from '@/components/ui/search-params';
import { Stat } from '@/components/ui/stat';
import { monthName } from '@/server/domains/ledger/month';
import { month } from '@/server/foundation/inputs';

export const metadata: Metadata = { title: 'Reports' };

export default async function ReportsPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query] = await Promise.all([api(), searchParams]);
  const report = await caller.ledger.report({ month: read(month(), query.month) });
  const months = report.months.includes(report.month) ? report.months : [report.month, ...report.months];
  return (
    <>
      <PageHeader
        title={report.monthName}
        description={`What came in and what it cost, from the ledger. The month is counted in ${report.timeZone.replaceAll('_', ' ')}.`}
        action={
          <Button asChild>
            <a href={`/api/reports/${report.month}`} download>
              <Download aria-hidden />
              Download statement
            </a>
          </Button>
        }
      />
      <form action="/reports" className="mb-6 flex flex-wrap items-end gap-2">
        <label htmlFor="month" className="grid gap-1 text-muted-foreground text-xs">
          Month
          <NativeSelect id="month" name="month" defaultValue={report.month} className="w-44">
            {months.map((m) => (
              <option key={m} value={m}>
                {monthName(m)}
              </option>
            ))}
          </NativeSelect>
        </label>
        <Button type="submit" variant="outline">
          Show
        </Button>
      </form>
      {report.totals.length === 0 ? (
        <EmptyState
          title={`No money moved in ${report.monthName}`}
          description="Sales, fees and costs of the month are added up here, each currency for itself."
          action={
            <Button asChild variant="outline">
              <Link href="/orders">Open orders</Link>
            </Button>
          }
        />
      ) : (
        <div className="grid grid-cols-1 gap-8">
          {report.totals.map((total) => (
            <section
              key={total.currency}
              aria-labelledby={`in-${total.currency}`}
              className="grid grid-cols-1 gap-4"
            >
              <h2 id={`in-${total.currency}`} className="font-semibold text-base">
                In {total.currency}
              </h2>
              <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
                <Stat
                  label="Net"
                  value={<Money amount={total.net} currency={total.currency} />}
                  hint="After refunds, fees and costs"
                />
                <Stat
                  label="Gross"
                  value={<Money amount={total.gross} currency={total.currency} />}
                  href={href('/ledger', { month: report.month, kind: 'sale' })}
                />
                <Stat
                  label="Fees"
                  value={<Money amount={-total.fees} currency={total.currency} />}
                  href={href('/ledger', { month: report.month, kind: 'fee' })}
                />
                <Stat
                  label="Refunds"
                  value={<Money amount={-total.refunds} currency={total.currency} />}
                  href={href('/ledger', { month: report.month, kind: 'refund' })}
                />
              </div>
              {report.streams.some((s) => s.currency === total.currency) ? (
                <EarnedChart report={report} currency={total.currency} />
              ) : null}
            </section>
          ))}
          {report.streams.length > 0 ? (
            <section aria-labelledby="accounts" className="grid grid-cols-1 gap-3">
              <h2 id="accounts" className="font-semibold text-base">
                By account
              </h2>
              <DataTable
                label="By account"
                rows={report.streams}
                rowKey={(s) => `${s.connectionId}${s.currency}`}
                columns={[
                  {
                    head: 'Account',
                    className: 'min-w-32',
                    cell: (s) => (
                      <>
                        <span className="flex flex-wrap items-center gap-2">
                          <span className="wrap-anywhere" dir="auto">
                            {s.name}
                          </span>
                          <SandboxBadge environment={s.environment} />
                        </span>
                        <PhoneLine className="mt-1">
                          {s.sales} {s.sales === 1 ? 'sale' : 'sales'}, refunds{' '}
                          <Money amount={-s.refunds} currency={s.currency} />, fees{' '}
                          <Money amount={-s.fees} currency={s.currency} />
                        </PhoneLine>
                      </>
                    ),
                  },
                  { head: 'Sales', numeric: true, wide: true, cell: (s) => s.sales },
                  {
                    head: 'Gross',
                    numeric: true,
                    cell: (s) => <Money amount={s.gross} currency={s.currency} />,
                  },
                  {
                    head: 'Refunds',
                    numeric: true,
                    wide: true,
                    cell: (s) => <Money amount={-s.refunds} currency={s.currency} />,
                  },
                  {
                    head: 'Fees',
                    numeric: true,
                    wide: true,
                    cell: (s) => <Money amount={-s.fees} currency={s.currency} />,
                  },
                  {
                    head: 'Net',
                    numeric: true,
                    cell: (s) => <Money amount={s.net} currency={s.currency} />,
                  },
                ]}
              />
            </section>
          ) : null}
          {report.costs.length > 0 ? (
            <section aria-labelledby="costs" className="grid grid-cols-1 gap-3">
              <h2 id="costs" className="font-semibold text-base">
                Other costs
              </h2>
              <DataTable
                label="Other costs"
                rows={report.costs}
                rowKey={(cost) => `${cost.account}${cost.subject}${cost.currency}`}
                columns={[
                  { head: 'What', cell: (cost) => [cost.name, cost.subject].filter(Boolean).join(', ') },
                  {
                    head: 'Amount',
                    numeric: true,
                    cell: (cost) => <Money amount={-cost.amount} currency={cost.currency} />,
                  },
                ]}
              />
            </section>
          ) : null}
        </div>
      )}
    </>
  );
}
