'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import type { AvailablePlatform, ConnectionView } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';
import { PlatformMark } from './platform-mark';
import { bySignIn, SignInGroup } from './sign-in-group';

type Environment = ConnectionView['environment'];

/** A platform: its connected accounts by sign-in, and the buttons that connect another one. */
export function PlatformCard({
  platform,
  connections,
  canManage,
  leaving,
  upgradeHref,
  onConnect,
  onFound,
  children,
}: {
  platform: Shown<AvailablePlatform>;
  connections: readonly Shown<ConnectionView>[];
  canManage: boolean;
  /** What the browser is leaving for: a connection's id, or a platform and an environment. */
  leaving: string | null;
  upgradeHref: string;
  onConnect: (environment: Environment) => void;
  /** A sign-in gives access to further accounts. */
  onFound: () => void;
  /** Draws an account of a sign-in. */
  children: (group: readonly Shown<ConnectionView>[], connection: Shown<ConnectionView>) => ReactNode;
}) {
  const t = useTranslations('connections');
  return (
    <Card className="h-full">
      <div className="flex items-start gap-3 p-4">
        <PlatformMark name={platform.name} />
        <div className="grid min-w-0 gap-0.5">
          <div className="flex flex-wrap items-center gap-2">
            <h3 className="font-semibold text-sm">{platform.name}</h3>
            <PlatformState platform={platform} connected={connections.length} />
          </div>
          <p className="text-muted-foreground text-sm">{platform.summary.text}</p>
        </div>
      </div>
      {connections.length > 0 ? (
        <ul className="divide-y divide-border border-border border-t">
          {bySignIn(connections).map((group) => (
            <SignInGroup
              key={group[0]?.id}
              connections={group}
              platformName={platform.name}
              canManage={canManage}
              onSignIn={() => onConnect(group[0]?.environment ?? 'live')}
              onFound={onFound}
            >
              {group.map((connection) => children(group, connection))}
            </SignInGroup>
          ))}
        </ul>
      ) : null}
      <div className="mt-auto flex flex-wrap items-center gap-2 border-border border-t px-4 py-3">
        {platform.state === 'upgrade' ? (
          <>
            <span className="min-w-0 flex-1 text-muted-foreground">{platform.why?.text}</span>
            <Button asChild size="sm" variant="outline">
              <Link href={upgradeHref}>{t('upgrade')}</Link>
            </Button>
          </>
        ) : platform.state === 'unavailable' ? (
          <span className="text-muted-foreground">{platform.why?.text}</span>
        ) : canManage ? (
          platform.environments.map((environment, index) => (
            <Button
              key={environment}
              size="sm"
              variant={connections.length === 0 && index === 0 ? 'default' : 'outline'}
              loading={leaving === `${platform.id}:${environment}`}
              disabled={leaving !== null}
              onClick={() => onConnect(environment)}
            >
              <ConnectWords
                platform={platform}
                another={connections.length > 0}
                sandbox={environment === 'sandbox' && platform.environments.length > 1}
              />
            </Button>
          ))
        ) : (
          <span className="text-muted-foreground">{t('askManager')}</span>
        )}
      </div>
    </Card>
  );
}

/** Label of a connect button; screen readers also hear the platform. */
function ConnectWords({
  platform,
  another,
  sandbox,
}: {
  platform: Shown<AvailablePlatform>;
  another: boolean;
  sandbox: boolean;
}) {
  const t = useTranslations('connections');
  const key = another ? (sandbox ? 'anotherSandbox' : 'another') : sandbox ? 'firstSandbox' : 'first';
  return t.rich(`connect.${key}`, {
    account: t('account.named', { noun: platform.accountNoun, count: 1 }),
    platformName: platform.name,
    platform: (chunks: ReactNode) => <span className="sr-only">{chunks}</span>,
  });
}

function PlatformState({ platform, connected }: { platform: Shown<AvailablePlatform>; connected: number }) {
  const t = useTranslations('connections');
  if (platform.state === 'upgrade') return <Badge variant="accent">{t('upgrade')}</Badge>;
  if (connected > 0) return <Badge variant="positive">{t('count', { count: connected })}</Badge>;
  if (platform.state === 'connectable' && !platform.environments.includes('live'))
    return <Badge variant="outline">{t('sandbox')}</Badge>;
  return null;
}
