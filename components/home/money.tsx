import { Coins } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { formatDay } from '@/components/calendar/days';
import { NotAttributed } from '@/components/sales/not-attributed';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/empty-state';
import { Money } from '@/components/ui/money';
import { href } from '@/components/ui/search-params';
import type { Overview } from '@/server/domains/home/schemas';
import type { Shown } from '@/server/foundation/facts';
import { Panel } from './panel';

type Total = Overview['money']['totals'][number];

/** The columns: the total that each shows and the figure whose ledger rows it links to. */
const COLUMNS: { key: keyof Omit<Total, 'currency'>; figure: string; minus: boolean }[] = [
  { key: 'gross', figure: 'income', minus: false },
  { key: 'refunds', figure: 'refunds', minus: true },
  { key: 'fees', figure: 'fees', minus: true },
  { key: 'costs', figure: 'costs', minus: true },
  { key: 'net', figure: 'net', minus: false },
];

/** This month's totals from the ledger, one line per currency; every figure links to its rows. */
export function MoneyPanel({ money }: { money: Shown<Overview['money']> }) {
  const t = useTranslations('home.money');
  const month = formatDay(money.month, useLocale(), { month: 'long', year: 'numeric' });
  const all = `/ledger?month=${money.month}`;
  const notAttributed = <NotAttributed money={money.notAttributed} month={money.month} quiet />;
  if (money.totals.length === 0)
    return (
      <Panel title={t('title', { month })} link={{ href: '/ledger', label: t('all') }}>
        <EmptyState
          size="compact"
          icon={Coins}
          title={t('empty.title')}
          description={money.hasProducts ? t('empty.selling') : t('empty.notSelling')}
          action={
            <Button asChild variant="outline">
              <Link href={money.hasProducts ? '/orders' : '/products'}>
                {money.hasProducts ? t('empty.orders') : t('empty.product')}
              </Link>
            </Button>
          }
        />
        {notAttributed}
      </Panel>
    );
  const shown = COLUMNS.filter(
    ({ key }) =>
      key === 'gross' || key === 'fees' || key === 'net' || money.totals.some((total) => total[key] !== 0),
  );
  return (
    <Panel title={t('title', { month })} link={{ href: all, label: t('all') }}>
      <div className="divide-y divide-border">
        {money.totals.map((total) => (
          <section
            key={total.currency}
            aria-label={t('label', { currency: total.currency })}
            className="px-4 py-1"
          >
            <dl className="-mx-2 grid grid-cols-2 sm:flex sm:flex-wrap">
              {shown.map(({ key, figure, minus }) => {
                const named = { what: t(key), currency: total.currency };
                const amount = minus ? -total[key] : total[key];
                return (
                  <div
                    key={key}
                    className={cn(
                      'relative min-w-0 flex-1 rounded-md px-2 py-3 transition-colors duration-150 hover:bg-muted/60',
                      shown.length % 2 === 1 && 'last:max-sm:col-span-2',
                    )}
                  >
                    <dt className="text-muted-foreground text-xs">
                      {key === 'gross' && money.totals.length > 1 ? t('inCurrency', named) : named.what}
                    </dt>
                    <dd className="mt-0.5 font-semibold text-lg leading-7 tracking-tight">
                      <Link
                        href={href('/ledger', { month: money.month, figure, currency: total.currency })}
                        className="after:absolute after:inset-0 after:rounded-md"
                      >
                        <span className="sr-only">{t('figure', named)} </span>
                        <Money
                          amount={amount === 0 ? 0 : amount}
                          currency={total.currency}
                          className={cn(
                            amount === 0 && 'text-muted-foreground',
                            key === 'net' && amount < 0 && 'text-destructive',
                          )}
                        />
                      </Link>
                    </dd>
                  </div>
                );
              })}
            </dl>
          </section>
        ))}
      </div>
      {notAttributed}
    </Panel>
  );
}
