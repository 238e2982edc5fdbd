import { CircleAlert, CircleCheck, CircleSlash, Plug } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { platformName } from '@/components/platforms/catalogue';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import type { Overview } from '@/server/domains/home/schemas';
import type { Shown } from '@/server/foundation/facts';
import { Panel, Rows } from './panel';

const STATUS = {
  active: { Icon: CircleCheck, className: 'text-positive' },
  needs_reconnect: { Icon: CircleAlert, className: 'text-destructive' },
  disconnected: { Icon: CircleSlash, className: 'text-muted-foreground' },
} as const;

/** How many connections the panel lists before it links to their own page. */
const SHOWN = 8;

/** The state of every connection, those that need the user's action first. */
export function ConnectionsPanel({ connections }: { connections: Shown<Overview>['connections'] }) {
  const t = useTranslations('home.connections');
  const rest = connections.length - SHOWN;
  return (
    <Panel title={t('title')} count={connections.length} link={{ href: '/connections', label: t('all') }}>
      {connections.length === 0 ? (
        <EmptyState
          size="compact"
          icon={Plug}
          title={t('empty.title')}
          description={t('empty.description')}
          action={
            <Button asChild variant="outline">
              <Link href="/connections">{t('empty.action')}</Link>
            </Button>
          }
        />
      ) : (
        <Rows>
          {connections.slice(0, SHOWN).map((connection) => {
            const { Icon, className } = STATUS[connection.status];
            return (
              <li
                key={connection.id}
                className="relative flex items-start gap-3 px-4 py-2.5 hover:bg-muted/50"
              >
                <Icon aria-hidden className={`mt-0.5 size-4 shrink-0 ${className}`} strokeWidth={1.75} />
                <div className="min-w-0 flex-1">
                  <p className="flex min-w-0 items-center gap-2">
                    <Link
                      href={`/connections#${connection.id}`}
                      className="truncate font-medium after:absolute after:inset-0"
                    >
                      {platformName(connection.platform)}
                      <span className="font-normal text-muted-foreground">
                        {' '}
                        <bdi>{connection.name}</bdi>
                      </span>
                    </Link>
                    {connection.environment === 'sandbox' ? (
                      <Badge variant="outline">{t('sandbox')}</Badge>
                    ) : null}
                  </p>
                  {connection.problem && connection.status !== 'active' ? (
                    <p className="text-muted-foreground text-xs">{connection.problem.text}</p>
                  ) : null}
                </div>
                <span className={`shrink-0 text-xs leading-5 ${className}`}>{t(connection.status)}</span>
              </li>
            );
          })}
          {rest > 0 ? (
            <li className="px-4 py-2.5 text-muted-foreground">
              <Link href="/connections" className="underline underline-offset-4">
                {t('more', { count: rest })}
              </Link>
            </li>
          ) : null}
        </Rows>
      )}
    </Panel>
  );
}
