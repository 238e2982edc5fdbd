'use client';

import { useMutation } from '@tanstack/react-query';
import { useLocale, useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';
import { intlTag } from '@/i18n/locales';
import type { ConnectionView, Disconnected } from '@/server/domains/connections/schemas';
import type { Shown } from '@/server/foundation/facts';

/** What people know by name. Look-ups, uploads and the like are parts of these. */
const ABILITIES = ['publish', 'engagement', 'inbox', 'list', 'syncSales'] as const;

const abilities = (
  capabilities: readonly string[],
  t: (key: `ability.${(typeof ABILITIES)[number]}`) => string,
): string[] => ABILITIES.filter((one) => capabilities.includes(one)).map((one) => t(`ability.${one}`));

/** One connected account: its name, its state and its actions. */
export function AccountRow({
  connection,
  platformName,
  zone,
  canManage,
  busy,
  cannot,
  sharedWith,
  soon,
  onReconnect,
  onChanged,
  onDisconnected,
}: {
  connection: Shown<ConnectionView>;
  platformName: string;
  zone: string;
  canManage: boolean;
  busy: boolean;
  /** What the platform allows in general, but not to this connection, as capabilities. */
  cannot: readonly string[];
  /** Names of the accounts that use the same sign-in. */
  sharedWith: readonly string[];
  /** Whether it ends so soon that the user should be warned. */
  soon: boolean;
  onReconnect: () => void;
  onChanged: () => void;
  onDisconnected: (answer: Shown<Disconnected>) => void;
}) {
  const t = useTranslations('connections');
  const list = new Intl.ListFormat(intlTag(useLocale()), { type: 'conjunction' });
  const trpc = useTRPC();
  const check = useMutation(
    trpc.connections.check.mutationOptions({
      onSuccess: ({ ok, message }) => {
        if (ok) toast.success(t('row.checked', { name: connection.remoteName, answer: message.text }));
        else toast.error(message.text);
        onChanged();
      },
      onError: (error) => toast.error(readAppError(error).message),
    }),
  );
  const disconnect = useMutation(
    trpc.connections.disconnect.mutationOptions({
      onSuccess: (answer) => {
        onDisconnected(answer);
        onChanged();
      },
      onError: (error) => toast.error(readAppError(error).message),
    }),
  );
  const {
    remoteName: name,
    endsAt,
    lapsesAt,
    postsAfterEnd,
    lastUsedAt,
    byHand,
    feedStuckSince,
    updates,
  } = connection;
  const named = (capabilities: readonly string[]) => list.format(abilities(capabilities, t));
  const [may, mayNot] = [named(connection.capabilities), named(cannot)];
  // For screen readers, each button names its account.
  const account = (chunks: ReactNode) => <span className="sr-only">{chunks}</span>;
  const broken = connection.status === 'needs_reconnect';
  const ending = !broken && endsAt !== null && (soon || postsAfterEnd > 0);
  return (
    <li id={connection.id} className="grid scroll-mt-20 gap-2 px-4 py-3">
      <div className="flex flex-wrap items-center gap-2">
        <span className="wrap-anywhere min-w-0 font-medium">
          {connection.remoteUrl ? (
            <a
              href={connection.remoteUrl}
              target="_blank"
              rel="noreferrer noopener"
              className="hover:underline"
            >
              {connection.remoteName}
            </a>
          ) : (
            connection.remoteName
          )}
        </span>
        {broken ? <Badge variant="destructive">{t('row.reconnect')}</Badge> : null}
        {connection.environment === 'sandbox' ? <Badge variant="outline">{t('sandbox')}</Badge> : null}
      </div>
      {broken && connection.problem ? <p className="text-destructive">{connection.problem.text}</p> : null}
      {feedStuckSince && !broken ? (
        <p className="text-warning">
          {t.rich('row.feedStuck', { time: () => <Time at={feedStuckSince} zone={zone} showZone /> })}
        </p>
      ) : null}
      {ending && endsAt ? (
        <p className="text-warning">
          {t.rich('row.ends', {
            posts: postsAfterEnd,
            time: () => <Time at={endsAt} zone={zone} style="date" />,
          })}
        </p>
      ) : null}
      {mayNot ? <p className="text-muted-foreground">{t('row.may', { may, mayNot })}</p> : null}
      <p className="text-muted-foreground text-xs">
        {t.rich('row.since', { time: () => <Time at={connection.createdAt} zone={zone} style="date" /> })}
        {!broken && lapsesAt ? (
          <>
            {' · '}
            {t.rich('row.renews', { time: () => <Time at={lapsesAt} zone={zone} style="date" /> })}
          </>
        ) : null}
        {!broken && !ending && endsAt ? (
          <>
            {' · '}
            {t.rich('row.reconnectBy', { time: () => <Time at={endsAt} zone={zone} style="date" /> })}
          </>
        ) : null}
        {lastUsedAt ? (
          <>
            {' · '}
            {t.rich('row.lastUsed', { time: () => <Time at={lastUsedAt} zone={zone} /> })}
          </>
        ) : null}
      </p>
      {updates && !broken ? <p className="text-muted-foreground text-xs">{updates.text}</p> : null}
      {canManage ? (
        <div className="flex flex-wrap gap-2">
          {broken || ending ? (
            <Button size="sm" loading={busy} onClick={onReconnect}>
              {t.rich('row.reconnectIt', { account, name })}
            </Button>
          ) : (
            <Button
              size="sm"
              variant="outline"
              loading={check.isPending}
              onClick={() => check.mutate({ id: connection.id })}
            >
              {t.rich('row.checkIt', { account, name })}
            </Button>
          )}
          <ConfirmDialog
            trigger={
              <Button size="sm" variant="ghost">
                {t.rich('row.disconnectIt', { account, name })}
              </Button>
            }
            title={t('disconnect.title', { name, platform: platformName })}
            description={
              <>
                {t('disconnect.means')}{' '}
                {sharedWith.length > 0
                  ? t('disconnect.shared', { names: list.format(sharedWith), count: sharedWith.length })
                  : byHand
                    ? null
                    : t('disconnect.ends', { platform: platformName })}
                {byHand && sharedWith.length === 0 ? (
                  <>
                    {' '}
                    {t.rich('disconnect.byHand', {
                      platform: platformName,
                      where: byHand.where.text,
                      link: (chunks) => (
                        <a
                          href={byHand.url}
                          target="_blank"
                          rel="noreferrer noopener"
                          className="underline underline-offset-2"
                        >
                          {chunks}
                        </a>
                      ),
                    })}
                  </>
                ) : null}
              </>
            }
            confirmLabel={t('disconnect.confirm')}
            onConfirm={() => disconnect.mutateAsync({ id: connection.id })}
          />
        </div>
      ) : null}
    </li>
  );
}
