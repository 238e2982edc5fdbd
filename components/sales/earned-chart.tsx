import { useLocale, useTranslations } from 'next-intl';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { Money } from '@/components/ui/money';
import { monthName } from '@/components/ui/month-name';
import type { MonthReport } from '@/server/domains/ledger/schemas';

/** Returns the finding of the chart as its title: which account earned how much of a month, in one currency. */
function useEarnedTitle(report: MonthReport, currency: string): string {
  const t = useTranslations('sales.earned');
  const locale = useLocale();
  const month = monthName(report.month, locale);
  const streams = report.streams.filter((s) => s.currency === currency && s.net > 0);
  const sum = streams.reduce((total, s) => total + s.net, 0);
  const [best] = [...streams].sort((a, b) => b.net - a.net);
  if (!best || sum === 0) return t('nothing', { currency, month });
  if (streams.length === 1) return t('all', { name: best.name, currency, month });
  return t('part', { name: best.name, currency, month, percent: Math.round((best.net / sum) * 100) });
}

/** The earnings of each account in one currency, as bars with their figures. The table below has the same data. */
export function EarnedChart({ report, currency }: { report: MonthReport; currency: string }) {
  const t = useTranslations('sales.earned');
  const title = useEarnedTitle(report, currency);
  const streams = report.streams.filter((s) => s.currency === currency);
  const most = Math.max(1, ...streams.map((s) => Math.max(s.gross, 0)));
  return (
    <Card>
      <CardHeader>
        <CardTitle>{title}</CardTitle>
        <CardDescription>{t('description')}</CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        {streams.map((stream) => (
          <div key={stream.connectionId} className="grid gap-1">
            <div className="flex flex-wrap justify-between gap-x-4">
              <span className="wrap-anywhere">{stream.name}</span>
              <span className="text-muted-foreground">
                {t.rich('netOfGross', {
                  net: () => <Money amount={stream.net} currency={currency} className="text-foreground" />,
                  gross: () => <Money amount={stream.gross} currency={currency} />,
                })}
              </span>
            </div>
            <div aria-hidden className="flex h-3 rounded-sm bg-muted">
              <span
                className="flex h-full overflow-hidden rounded-sm bg-border"
                style={{ width: `${(Math.max(0, stream.gross) / most) * 100}%` }}
              >
                <span
                  className="h-full bg-accent"
                  style={{
                    width: `${stream.gross > 0 ? (Math.max(0, stream.net) / stream.gross) * 100 : 0}%`,
                  }}
                />
              </span>
            </div>
          </div>
        ))}
      </CardContent>
    </Card>
  );
}
