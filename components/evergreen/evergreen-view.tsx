'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Recycle } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { platformName, WRITABLE } from '@/components/platforms/catalogue';
import { sameTextDays } from '@/components/platforms/repeats';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SkeletonRows } from '@/components/ui/skeleton';
import { intlTag } from '@/i18n/locales';
import { AddEvergreen } from './add-evergreen';
import { EvergreenRow } from './evergreen-row';

/** Posts that repeatedly fill free slots. */
export function EvergreenView({ zone, canWrite }: { zone: string; canWrite: boolean }) {
  const t = useTranslations('evergreen');
  const trpc = useTRPC();
  const list = useInfiniteQuery(
    trpc.planning.evergreen.infiniteQueryOptions(
      { limit: 30 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const all = new Intl.ListFormat(intlTag(useLocale()), { type: 'conjunction' });
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <p className="max-w-prose text-muted-foreground">
          {[
            t('intro'),
            ...[...new Set(WRITABLE.map(sameTextDays))].filter(Boolean).map((days) => {
              const names = WRITABLE.filter((one) => sameTextDays(one) === days).map(platformName);
              return t('sameText', { platforms: all.format(names), count: names.length, days });
            }),
          ].join(' ')}
        </p>
        {canWrite && items.length > 0 ? <AddEvergreen known={items.map((i) => i.postId)} /> : null}
      </div>
      {list.isPending ? (
        <SkeletonRows rows={4} />
      ) : list.isError && items.length === 0 ? (
        <ErrorState description={readAppError(list.error).message} onRetry={() => void list.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState
          icon={Recycle}
          title={t('empty.title')}
          description={t('empty.text')}
          action={canWrite ? <AddEvergreen known={[]} /> : undefined}
        />
      ) : (
        <ul className="divide-y divide-border rounded-lg border border-border bg-card">
          {items.map((item) => (
            <EvergreenRow key={item.postId} item={item} zone={zone} canWrite={canWrite} />
          ))}
        </ul>
      )}
      {list.hasNextPage ? (
        <Button
          variant="outline"
          className="mx-auto"
          loading={list.isFetchingNextPage}
          onClick={() => void list.fetchNextPage()}
        >
          {t('showMore')}
        </Button>
      ) : null}
    </div>
  );
}
