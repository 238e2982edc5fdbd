import Link from 'next/link';
import { Alert, type AlertVariant } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import type { Overview } from '@/server/domains/home/schemas';

const LOOKS: Record<Overview['alerts']['items'][number]['severity'], AlertVariant> = {
  info: 'info',
  warning: 'warning',
  serious: 'destructive',
};

/** What is wrong, the most serious first. Nothing at all when nothing is. */
export function Alerts({ alerts }: { alerts: Overview['alerts'] }) {
  if (alerts.items.length === 0) return null;
  const rest = alerts.count - alerts.items.length;
  return (
    <section aria-label="Alerts" className="grid gap-2">
      {alerts.items.map((alert) => (
        <Alert
          key={alert.id}
          variant={LOOKS[alert.severity]}
          title={alert.title}
          action={
            alert.href ? (
              <Button asChild variant="outline" size="sm">
                <Link href={alert.href}>
                  Look into it<span className="sr-only">: {alert.title}</span>
                </Link>
              </Button>
            ) : undefined
          }
        >
          <p>{alert.body}</p>
        </Alert>
      ))}
      {rest > 0 ? (
        <p className="text-muted-foreground">
          {rest} more {rest === 1 ? 'alert is' : 'alerts are'} on the{' '}
          <Link href="/todo" className="text-foreground underline underline-offset-4">
            to-do list
          </Link>
          .
        </p>
      ) : null}
    </section>
  );
}
