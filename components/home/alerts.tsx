import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Alert, type AlertVariant } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import type { Overview } from '@/server/domains/home/schemas';
import type { Shown } from '@/server/foundation/facts';
import { ResolveAlert } from './resolve-alert';

type Item = Shown<Overview>['alerts']['items'][number];

const LOOKS: Record<Item['severity'], AlertVariant> = {
  info: 'info',
  warning: 'warning',
  serious: 'destructive',
};
/** How many alerts are shown at first; the others are collapsed. */
const SHOWN = 3;

/** Tells screen reader users which alert a button belongs to. */
const hidden = (chunks: ReactNode) => <span className="sr-only">{chunks}</span>;

/** Open alerts, the most serious first. Renders nothing when there are none. */
export function Alerts({ alerts }: { alerts: Shown<Overview>['alerts'] }) {
  const t = useTranslations('home.alerts');
  if (alerts.items.length === 0) return null;
  const rest = alerts.items.slice(SHOWN);
  const more = alerts.count - SHOWN;
  return (
    <section aria-label={t('label')} className="grid grid-cols-1 gap-2">
      {alerts.items.slice(0, SHOWN).map((alert) => (
        <OneAlert key={alert.id} alert={alert} />
      ))}
      {rest.length > 0 ? (
        <details>
          <summary className="w-fit rounded-md py-1 text-muted-foreground hover:text-foreground">
            {t('more', { count: more })}
          </summary>
          <div className="mt-2 grid grid-cols-1 gap-2">
            {rest.map((alert) => (
              <OneAlert key={alert.id} alert={alert} />
            ))}
          </div>
        </details>
      ) : null}
    </section>
  );
}

function OneAlert({ alert }: { alert: Item }) {
  const t = useTranslations('home.alerts');
  return (
    <Alert
      variant={LOOKS[alert.severity]}
      title={alert.title.text}
      action={
        <div className="flex gap-2">
          <ResolveAlert id={alert.id}>{t.rich('putAway', { title: alert.title.text, hidden })}</ResolveAlert>
          {alert.href ? (
            <Button asChild variant="outline" size="sm">
              <Link href={alert.href}>{t.rich('open', { title: alert.title.text, hidden })}</Link>
            </Button>
          ) : null}
        </div>
      }
    >
      <p className="wrap-anywhere">{alert.body.text}</p>
    </Alert>
  );
}
