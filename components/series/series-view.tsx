'use client';

import { useInfiniteQuery } from '@tanstack/react-query';
import { Repeat } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { SkeletonRows } from '@/components/ui/skeleton';
import { RepeatRow } from './series-row';

const STATES = ['active', 'ended'] as const;

/** Posts that are published repeatedly by a rule. */
export function RepeatsView({ zone, canWrite }: { zone: string; canWrite: boolean }) {
  const t = useTranslations('series');
  const trpc = useTRPC();
  const [state, setState] = useState<(typeof STATES)[number]>('active');
  const list = useInfiniteQuery(
    trpc.planning.series.infiniteQueryOptions(
      { state, limit: 20 },
      { getNextPageParam: (page) => page.nextCursor },
    ),
  );
  const items = list.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <div className="grid gap-4">
      <fieldset className="flex gap-1">
        <legend className="sr-only">{t('filter.label')}</legend>
        {STATES.map((each) => (
          <Button
            key={each}
            size="sm"
            variant={state === each ? 'secondary' : 'ghost'}
            aria-pressed={state === each}
            onClick={() => setState(each)}
          >
            {t(`filter.${each}`)}
          </Button>
        ))}
      </fieldset>
      {list.isPending ? (
        <SkeletonRows rows={4} />
      ) : list.isError && items.length === 0 ? (
        <ErrorState description={readAppError(list.error).message} onRetry={() => void list.refetch()} />
      ) : items.length === 0 ? (
        <EmptyState
          icon={Repeat}
          title={t(`empty.${state}`)}
          description={t('empty.text')}
          action={
            <Button asChild variant="outline">
              <Link href="/compose">{t('empty.compose')}</Link>
            </Button>
          }
        />
      ) : (
        <ul className="divide-y divide-border rounded-lg border border-border bg-card">
          {items.map((item) => (
            <RepeatRow key={item.id} item={item} zone={zone} canWrite={canWrite} />
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
