'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Clock4 } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Plan } from '@/components/trpc/outputs';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SkeletonRows } from '@/components/ui/skeleton';
import { AccountChoice } from './account-choice';
import { NoAccount } from './no-account';
import { QueueList } from './queue-list';

/** The pending posts of an account in the order of publication, with the free slots. */
export function QueueView({ account, canWrite }: { account: string | null; canWrite: boolean }) {
  const t = useTranslations('queue');
  const trpc = useTRPC();
  const plan = useQuery(trpc.planning.plan.queryOptions());
  const [chosen, setChosen] = useState(account);
  if (plan.isPending) return <SkeletonRows rows={6} />;
  if (plan.isError)
    return <ErrorState description={readAppError(plan.error).message} onRetry={() => void plan.refetch()} />;
  const { connections } = plan.data;
  const current = connections.find((c) => c.id === chosen) ?? connections[0];
  if (!current) return <NoAccount />;
  return (
    <div className="grid gap-4">
      <AccountChoice accounts={connections} value={current.id} onChange={setChosen} />
      {current.status === 'active' ? null : (
        <Alert
          variant="warning"
          title={t('disconnected.title', { account: current.name })}
          action={
            <Button asChild size="sm" variant="outline">
              <Link href="/connections">{t('disconnected.action')}</Link>
            </Button>
          }
        />
      )}
      <Queue key={current.id} plan={plan.data} connectionId={current.id} canWrite={canWrite} />
    </div>
  );
}

function Queue({ plan, connectionId, canWrite }: { plan: Plan; connectionId: string; canWrite: boolean }) {
  const t = useTranslations('queue');
  const trpc = useTRPC();
  const queue = useInfiniteQuery(
    trpc.planning.queue.infiniteQueryOptions(
      { connectionId, limit: 50 },
      { getNextPageParam: (page) => page.nextCursor, refetchInterval: 60_000 },
    ),
  );
  if (queue.isPending) return <SkeletonRows rows={6} />;
  if (queue.isError)
    return (
      <ErrorState description={readAppError(queue.error).message} onRetry={() => void queue.refetch()} />
    );
  const items = queue.data.pages.flatMap((page) => page.items);
  const free = queue.data.pages.flatMap((page) => page.free);
  const slots = plan.connections.find((c) => c.id === connectionId)?.slots ?? [];
  if (items.length === 0 && slots.length === 0)
    return (
      <EmptyState
        icon={Clock4}
        title={t('noSlots.title')}
        description={t('noSlots.description')}
        action={
          <Button asChild>
            <Link href={`/auto-posting/slots?account=${connectionId}`}>{t('noSlots.action')}</Link>
          </Button>
        }
      />
    );
  return (
    <>
      <QueueList
        connectionId={connectionId}
        items={items}
        free={free}
        zone={plan.timeZone}
        topics={plan.topics}
        canWrite={canWrite}
      />
      {queue.hasNextPage ? (
        <Button
          variant="outline"
          className="mx-auto"
          loading={queue.isFetchingNextPage}
          onClick={() => void queue.fetchNextPage()}
        >
          {t('more')}
        </Button>
      ) : null}
    </>
  );
}
