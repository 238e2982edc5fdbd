import { Download } from 'lucide-react';
import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { SandboxBadge } from '@/components/listings/listing-state';
import { EarnedChart } from '@/components/sales/earned-chart';
import { NotAttributed } from '@/components/sales/not-attributed';
import { api } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { monthName } from '@/components/ui/month-name';
import { NativeSelect } from '@/components/ui/native-select';
import { PageHeader } from '@/components/ui/page-header';
import { href, read, type SearchParams } from '@/components/ui/search-params';
import { Stat } from '@/components/ui/stat';
import { titled } from '@/components/words/titled';
import { intlTag } from '@/i18n/locales';
import type { FIGURE_LISTS } from '@/server/domains/ledger/accounts';
import { month } from '@/server/foundation/inputs';

export const generateMetadata = titled('reports');

export default async function ReportsPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query, t, locale] = await Promise.all([
    api(),
    searchParams,
    getTranslations('reports'),
    getLocale(),
  ]);
  const report = await caller.ledger.report({ month: read(month(), query.month) });
  const count = new Intl.NumberFormat(intlTag(locale));
  const shown = monthName(report.month, locale);
  const months = report.months.includes(report.month) ? report.months : [report.month, ...report.months];
  return (
    <>
      <PageHeader
        title={shown}
        description={t('description', { zone: report.timeZone.replaceAll('_', ' ') })}
        action={
          <Button asChild>
            <a href={`/api/reports/${report.month}`} download>
              <Download aria-hidden />
              {t('download')}
            </a>
          </Button>
        }
      />
      <form action="/reports" className="mb-6 flex flex-wrap items-end gap-2">
        <label htmlFor="month" className="grid gap-1 text-muted-foreground text-xs">
          {t('month')}
          <NativeSelect id="month" name="month" defaultValue={report.month} className="w-44">
            {months.map((m) => (
              <option key={m} value={m}>
                {monthName(m, locale)}
              </option>
            ))}
          </NativeSelect>
        </label>
        <Button type="submit" variant="outline">
          {t('show')}
        </Button>
      </form>
      <NotAttributed money={report.notAttributed} month={report.month} />
      {report.totals.length === 0 ? (
        <EmptyState
          title={t('empty.title', { month: shown })}
          description={t('empty.description')}
          action={
            <Button asChild variant="outline">
              <Link href="/orders">{t('empty.openOrders')}</Link>
            </Button>
          }
        />
      ) : (
        <div className="grid grid-cols-1 gap-8">
          {report.totals.map((total) => {
            const rows = (figure: (typeof FIGURE_LISTS)[number]) =>
              href('/ledger', { month: report.month, figure, currency: total.currency });
            return (
              <section
                key={total.currency}
                aria-labelledby={`in-${total.currency}`}
                className="grid grid-cols-1 gap-4"
              >
                <h2 id={`in-${total.currency}`} className="font-semibold text-base">
                  {t('inCurrency', { currency: total.currency })}
                </h2>
                <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
                  <Stat
                    label={t('net')}
                    value={<Money amount={total.net} currency={total.currency} />}
                    hint={t('netHint')}
                    href={rows('net')}
                  />
                  <Stat
                    label={t('gross')}
                    value={<Money amount={total.gross} currency={total.currency} />}
                    href={rows('gross')}
                  />
                  {total.shipping === 0 ? null : (
                    <Stat
                      label={t('shipping')}
                      value={<Money amount={total.shipping} currency={total.currency} />}
                      href={rows('shipping')}
                    />
                  )}
                  {total.discounts === 0 ? null : (
                    <Stat
                      label={t('discounts')}
                      value={<Money amount={-total.discounts} currency={total.currency} />}
                      href={rows('discounts')}
                    />
                  )}
                  <Stat
                    label={t('fees')}
                    value={<Money amount={-total.fees} currency={total.currency} />}
                    href={rows('fees')}
                  />
                  {total.refunds === 0 ? null : (
                    <Stat
                      label={t('refunds')}
                      value={<Money amount={-total.refunds} currency={total.currency} />}
                      href={rows('refunds')}
                    />
                  )}
                  {total.costs === 0 ? null : (
                    <Stat
                      label={t('costs.total')}
                      value={<Money amount={-total.costs} currency={total.currency} />}
                      href={rows('costs')}
                    />
                  )}
                  {total.tax === 0 ? null : (
                    <Stat
                      label={t('tax')}
                      value={<Money amount={total.tax} currency={total.currency} />}
                      hint={t('taxHint')}
                      href={rows('tax')}
                    />
                  )}
                </div>
                {report.streams.some((s) => s.currency === total.currency && s.gross > 0) ? (
                  <EarnedChart report={report} currency={total.currency} />
                ) : null}
              </section>
            );
          })}
          {report.streams.length > 0 ? (
            <section aria-labelledby="accounts" className="grid grid-cols-1 gap-3">
              <h2 id="accounts" className="font-semibold text-base">
                {t('accounts.title')}
              </h2>
              <DataTable
                label={t('accounts.title')}
                rows={report.streams}
                rowKey={(s) => `${s.connectionId}${s.currency}`}
                columns={[
                  {
                    head: t('accounts.account'),
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
                          {t.rich('accounts.summary', {
                            count: s.sales,
                            shipping: () => <Money amount={s.shipping} currency={s.currency} />,
                            discounts: () => <Money amount={-s.discounts} currency={s.currency} />,
                            refunds: () => <Money amount={-s.refunds} currency={s.currency} />,
                            fees: () => <Money amount={-s.fees} currency={s.currency} />,
                          })}
                        </PhoneLine>
                      </>
                    ),
                  },
                  {
                    head: t('accounts.sales'),
                    numeric: true,
                    wide: true,
                    cell: (s) => count.format(s.sales),
                  },
                  {
                    head: t('gross'),
                    numeric: true,
                    cell: (s) => <Money amount={s.gross} currency={s.currency} />,
                  },
                  {
                    head: t('shipping'),
                    numeric: true,
                    wide: true,
                    cell: (s) => <Money amount={s.shipping} currency={s.currency} />,
                  },
                  {
                    head: t('discounts'),
                    numeric: true,
                    wide: true,
                    cell: (s) => <Money amount={-s.discounts} currency={s.currency} />,
                  },
                  {
                    head: t('refunds'),
                    numeric: true,
                    wide: true,
                    cell: (s) => <Money amount={-s.refunds} currency={s.currency} />,
                  },
                  {
                    head: t('fees'),
                    numeric: true,
                    wide: true,
                    cell: (s) => <Money amount={-s.fees} currency={s.currency} />,
                  },
                  {
                    head: t('net'),
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
                {t('costs.title')}
              </h2>
              <DataTable
                label={t('costs.title')}
                rows={report.costs}
                rowKey={(cost) => `${cost.account}${cost.subject}${cost.currency}`}
                columns={[
                  {
                    head: t('costs.what'),
                    cell: (cost) => [cost.name.text, cost.subject].filter(Boolean).join(', '),
                  },
                  {
                    head: t('costs.amount'),
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
