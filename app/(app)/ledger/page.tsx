import { BookOpenText } from 'lucide-react';
import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { CursorPages } from '@/components/ui/cursor-pages';
import { DataTable, PhoneLine } from '@/components/ui/data-table';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { monthName } from '@/components/ui/month-name';
import { NativeSelect } from '@/components/ui/native-select';
import { PageHeader } from '@/components/ui/page-header';
import { href, one, read, type SearchParams } from '@/components/ui/search-params';
import { Time } from '@/components/ui/time';
import { titled } from '@/components/words/titled';
import { TRANSACTION_KINDS } from '@/db/schema/states';
import { listTransactionsInput } from '@/server/domains/ledger/schemas';
import { month as monthType, timeCursor } from '@/server/foundation/inputs';

export const generateMetadata = titled('ledger');

/** How many entries are counted. */
const MANY = 50;

const isKind = (kind: string | undefined): kind is (typeof TRANSACTION_KINDS)[number] =>
  (TRANSACTION_KINDS as readonly (string | undefined)[]).includes(kind);

export default async function LedgerPage({ searchParams }: { searchParams: SearchParams }) {
  const [caller, query, t, entries, locale] = await Promise.all([
    api(),
    searchParams,
    getTranslations('ledger'),
    getTranslations('sales.entries'),
    getLocale(),
  ]);
  const kindName = (kind: string) => (isKind(kind) ? t(`kind.${kind}`) : kind);
  const cursor = read(timeCursor('transaction'), query.cursor);
  const wanted = one(query.kind);
  const kind = isKind(wanted) ? wanted : undefined;
  const month = read(monthType(), query.month);
  const figure = read(listTransactionsInput.shape.figure, query.figure);
  const currency = read(listTransactionsInput.shape.currency, query.currency);
  const [workspace, page, balances, open] = await Promise.all([
    caller.workspace.get(),
    caller.ledger.list({ month, kind, figure, currency, cursor, limit: 50 }),
    caller.ledger.balances({ month }),
    caller.sales.entries({ limit: MANY }),
  ]);
  const zone = workspace.timeZone;
  // An account that is settled, or of which everything was converted, has nothing to show.
  const unsettled = balances.rows.filter((row) => row.amount !== 0);
  const filtered = month ?? kind ?? figure ?? currency;
  const months = month && !balances.months.includes(month) ? [month, ...balances.months] : balances.months;
  return (
    <>
      <PageHeader
        title={t('list.title')}
        description={t('list.description', { zone: zone.replaceAll('_', ' ') })}
        action={
          <Button asChild variant="outline">
            <Link href={href('/reports', { month })}>{t('list.openReport')}</Link>
          </Button>
        }
      />
      {open.items.length > 0 ? (
        <Alert
          className="mb-4"
          variant="warning"
          title={
            open.nextCursor
              ? entries('openMore', { count: MANY })
              : entries('open', { count: open.items.length })
          }
          action={
            <Link
              href="/ledger/unattributed"
              className="inline-flex min-h-6 items-center text-accent hover:underline"
            >
              {entries('view')}
            </Link>
          }
        >
          {entries('openHelp')}
        </Alert>
      ) : null}
      <form
        action="/ledger"
        className="mb-4 grid grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto] items-end gap-2 sm:flex"
      >
        <label htmlFor="month" className="grid gap-1 text-muted-foreground text-xs">
          {t('list.month')}
          <NativeSelect id="month" name="month" defaultValue={month ?? ''} className="sm:w-44">
            <option value="">{t('list.allMonths')}</option>
            {months.map((m) => (
              <option key={m} value={m}>
                {monthName(m, locale)}
              </option>
            ))}
          </NativeSelect>
        </label>
        <label htmlFor="kind" className="grid gap-1 text-muted-foreground text-xs">
          {t('list.kind')}
          <NativeSelect id="kind" name="kind" defaultValue={kind ?? ''} className="sm:w-36">
            <option value="">{t('list.allKinds')}</option>
            {TRANSACTION_KINDS.map((value) => (
              <option key={value} value={value}>
                {kindName(value)}
              </option>
            ))}
          </NativeSelect>
        </label>
        <Button type="submit" variant="outline">
          {t('list.show')}
        </Button>
      </form>
      {figure || currency ? (
        <p className="mb-4 flex flex-wrap items-center gap-x-2 text-muted-foreground">
          {figure
            ? t(currency ? 'list.ofFigureIn' : 'list.ofFigure', {
                figure: t(`figure.${figure}`),
                currency: currency ?? '',
              })
            : t('list.inCurrency', { currency: currency ?? '' })}
          {page.items.length === 0 ? null : (
            <Button asChild variant="ghost" size="sm">
              <Link href={href('/ledger', { month, kind })}>{t('list.empty.showAll')}</Link>
            </Button>
          )}
        </p>
      ) : null}
      {page.items.length === 0 ? (
        <EmptyState
          icon={BookOpenText}
          title={filtered ? t('list.empty.filtered') : t('list.empty.title')}
          description={t('list.empty.description')}
          action={
            <Button asChild variant="outline">
              {filtered ? (
                <Link href="/ledger">{t('list.empty.showAll')}</Link>
              ) : (
                <Link href="/orders">{t('list.empty.openOrders')}</Link>
              )}
            </Button>
          }
        />
      ) : (
        <DataTable
          label={t('list.transactions')}
          rows={page.items}
          rowKey={(item) => item.id}
          columns={[
            {
              head: t('list.columns.when'),
              wide: true,
              className: 'whitespace-nowrap',
              cell: (item) => <Time at={item.occurredAt} zone={zone} />,
            },
            {
              head: t('list.columns.kind'),
              wide: true,
              cell: (item) => <Badge variant="outline">{kindName(item.kind)}</Badge>,
            },
            {
              head: t('list.columns.what'),
              className: 'min-w-32',
              cell: (item) => (
                <>
                  <Link
                    href={`/ledger/${item.id}`}
                    className="wrap-anywhere inline-flex min-h-6 items-center hover:underline"
                  >
                    {item.description.text}
                  </Link>
                  <PhoneLine>
                    {t.rich('list.kindAndTime', {
                      kind: kindName(item.kind),
                      time: () => <Time at={item.occurredAt} zone={zone} />,
                    })}
                  </PhoneLine>
                </>
              ),
            },
            {
              head: t('list.columns.amount'),
              numeric: true,
              cell: (item) =>
                item.amounts.map((amount) => (
                  <Money
                    key={amount.currency}
                    amount={amount.gain === 0 && !figure ? amount.amount : amount.gain}
                    currency={amount.currency}
                    className="block"
                  />
                )),
            },
          ]}
        />
      )}
      <CursorPages
        path="/ledger"
        params={{ month, kind, figure, currency }}
        cursor={cursor}
        nextCursor={page.nextCursor}
      />
      {unsettled.length > 0 && !figure && !currency ? (
        <section aria-labelledby="balances" className="mt-8 grid grid-cols-1 gap-3">
          <h2 id="balances" className="font-semibold text-base">
            {month ? t('balances.ofMonth', { month: monthName(month, locale) }) : t('balances.title')}
          </h2>
          <DataTable
            label={t('balances.title')}
            rows={unsettled}
            rowKey={(row) => `${row.account}${row.subjectId}${row.currency}`}
            columns={[
              {
                head: t('balances.account'),
                cell: (row) => (
                  <>
                    {row.accountName.text}
                    {row.subject ? (
                      <PhoneLine>
                        <bdi>{row.subject}</bdi>
                      </PhoneLine>
                    ) : null}
                  </>
                ),
              },
              { head: t('balances.of'), wide: true, cell: (row) => <bdi>{row.subject ?? ''}</bdi> },
              {
                head: t('balances.debit'),
                numeric: true,
                cell: (row) =>
                  row.amount > 0 ? <Money amount={row.amount} currency={row.currency} /> : null,
              },
              {
                head: t('balances.credit'),
                numeric: true,
                cell: (row) =>
                  row.amount < 0 ? <Money amount={-row.amount} currency={row.currency} /> : null,
              },
            ]}
          />
        </section>
      ) : null}
    </>
  );
}
