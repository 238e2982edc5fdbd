'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { platformName, WRITABLE } from '@/components/platforms/catalogue';
import type { Connection } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Checkbox } from '@/components/ui/checkbox';
import { FieldSet } from '@/components/ui/field';

/** Selects the accounts. A platform without an account can be written for, but not posted to. */
export function Targets({
  connections,
  value,
  onChange,
  error,
}: {
  connections: readonly Connection[];
  value: readonly string[];
  onChange: (targets: string[]) => void;
  error?: string | undefined;
}) {
  const t = useTranslations('compose.targets');
  const bare = WRITABLE.filter((platform) => !connections.some((c) => c.platform === platform));
  const toggle = (target: string, on: boolean) =>
    onChange(on ? [...value, target] : value.filter((each) => each !== target));
  return (
    <FieldSet
      legend={t('legend')}
      error={error}
      help={
        connections.length === 0
          ? t.rich('none', {
              link: (chunks) => (
                <Link href="/connections" className="text-accent underline underline-offset-4">
                  {chunks}
                </Link>
              ),
            })
          : undefined
      }
    >
      <div className="grid grid-cols-[minmax(0,1fr)] gap-1" id="targets">
        {connections.map((connection) => (
          <Row
            key={connection.id}
            id={`target-${connection.id}`}
            checked={value.includes(connection.id)}
            onChange={(on) => toggle(connection.id, on)}
            platform={connection.platform}
            detail={connection.remoteName}
          >
            {connection.status === 'active' ? null : <Badge variant="warning">{t('reconnect')}</Badge>}
            {connection.environment === 'sandbox' ? <Badge variant="outline">{t('sandbox')}</Badge> : null}
          </Row>
        ))}
        {bare.map((platform) => (
          <Row
            key={platform}
            id={`target-${platform}`}
            checked={value.includes(`platform:${platform}`)}
            onChange={(on) => toggle(`platform:${platform}`, on)}
            platform={platform}
            detail={t('notConnected')}
          />
        ))}
      </div>
    </FieldSet>
  );
}

function Row({
  id,
  checked,
  onChange,
  platform,
  detail,
  children,
}: {
  id: string;
  checked: boolean;
  onChange: (on: boolean) => void;
  platform: string;
  detail: string;
  children?: React.ReactNode;
}) {
  return (
    <label htmlFor={id} className="-mx-2 flex min-h-9 items-center gap-3 rounded-md px-2 hover:bg-muted">
      <Checkbox id={id} checked={checked} onCheckedChange={(next) => onChange(next === true)} />
      <span className="min-w-0 flex-1 truncate">
        <span className="font-medium">{platformName(platform)}</span>{' '}
        <span className="text-muted-foreground">{detail}</span>
      </span>
      <span className="flex flex-wrap justify-end gap-1">{children}</span>
    </label>
  );
}
