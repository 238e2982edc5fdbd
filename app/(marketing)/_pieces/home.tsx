import { CircleAlert, CircleCheck } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { PublicationState } from '@/components/publications/publication-state';
import { Badge } from '@/components/ui/badge';
import { Money } from '@/components/ui/money';
import { hourOfJuly, july } from './july';

const GROSS = 48_600;
const FEES = 6_430;
const MONEY = [
  { what: 'sales', amount: GROSS },
  { what: 'fees', amount: -FEES },
  { what: 'left', amount: GROSS - FEES },
] as const;
const NEXT = [
  { at: '18:45', what: 'poll', where: 'X' },
  { at: '20:00', what: 'planner', where: 'Facebook' },
] as const;

/** Home as it looks in the app, shown next to the landing page's headline. */
export function HomePiece() {
  const t = useTranslations('marketing.pieces.home');
  const locale = useLocale();
  const counted = (count: number) => ({
    count: () => <span className="tabular ml-1 font-normal text-muted-foreground">{count}</span>,
  });
  return (
    <figure className="m-0 min-w-0">
      <div className="grid grid-cols-1 gap-3 rounded-lg border border-border bg-muted/40 p-3 text-sm">
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">
            {t('money', { month: july(locale) })}
          </p>
          <dl className="grid grid-cols-3 px-4 py-3">
            {MONEY.map(({ what, amount }) => (
              <div key={what}>
                <dt className="text-muted-foreground text-xs">{t(what)}</dt>
                <dd className="font-semibold text-base tracking-tight sm:text-lg">
                  <Money amount={amount} currency="USD" />
                </dd>
              </div>
            ))}
          </dl>
        </div>
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">{t.rich('waiting', counted(1))}</p>
          <div className="flex items-start gap-3 px-4 py-2.5">
            <div className="min-w-0 flex-1">
              <p className="truncate font-medium">{t('post')}</p>
              <p className="text-muted-foreground">{t('until', { when: hourOfJuly(14, 18, locale) })}</p>
            </div>
            <Badge variant="accent">{t('approve')}</Badge>
          </div>
        </div>
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">{t.rich('next', counted(2))}</p>
          <ul className="divide-y divide-border">
            {NEXT.map(({ at, what, where }) => (
              <li key={at} className="flex items-center gap-3 px-4 py-2.5">
                <span className="tabular text-muted-foreground">{at}</span>
                <span className="min-w-0 flex-1 truncate">
                  <span className="font-medium">{t(what)}</span>
                  <span className="text-muted-foreground"> · {where}</span>
                </span>
                <PublicationState state="scheduled" className="max-sm:hidden" />
              </li>
            ))}
          </ul>
        </div>
        <div className="rounded-lg border border-border bg-card">
          <p className="border-border border-b px-4 py-2.5 font-semibold">{t('connections')}</p>
          <ul className="grid gap-2 px-4 py-2.5 sm:grid-cols-3">
            {[
              { name: 'X', works: true },
              { name: 'Facebook', works: true },
              { name: 'Etsy', works: false },
            ].map(({ name, works }) => (
              <li key={name} className="flex items-center gap-1.5">
                {works ? (
                  <CircleCheck aria-hidden className="size-4 text-positive" strokeWidth={1.75} />
                ) : (
                  <CircleAlert aria-hidden className="size-4 text-destructive" strokeWidth={1.75} />
                )}
                {name}
                <span className="text-muted-foreground text-xs">{works ? t('works') : t('reconnect')}</span>
              </li>
            ))}
          </ul>
        </div>
      </div>
      <figcaption className="mt-2 text-muted-foreground text-xs">{t('caption')}</figcaption>
    </figure>
  );
}
