'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useUnlessLive } from '@/components/live/store';
import { pollInterval } from '@/components/publications/refresh-interval';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { dayIn } from '@/components/ui/calendar-day';
import { ErrorState } from '@/components/ui/error-state';
import { Agenda } from './agenda';
import { Grid } from './grid';
import { calendarInput } from './input';
import type { CalendarRange } from './range';

/** Scheduled and published posts by day of the workspace's zone: a grid, on a phone a list. */
export function Calendar({
  range,
  zone,
  zoneLabel,
}: {
  range: CalendarRange;
  zone: string;
  /** The zone's short name. */
  zoneLabel: string;
}) {
  const t = useTranslations('calendar');
  const { view: shown } = range;
  const trpc = useTRPC();
  const ask = useUnlessLive(pollInterval);
  const { data, isPending, isError, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } =
    useInfiniteQuery(
      trpc.publications.list.infiniteQueryOptions(calendarInput(range), {
        getNextPageParam: (page) => page.nextCursor,
        refetchInterval: (query) =>
          ask ? ask(query.state.data?.pages.flatMap((page) => page.items)) : false,
      }),
    );
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const plan = useQuery(trpc.planning.calendar.queryOptions({ from: range.from, to: range.to }));
  const marks = plan.data?.marks ?? {};
  // Slots at the same time share one outline, however many accounts have one.
  const free = new Map<string, Map<number, number>>();
  for (const slot of plan.data?.free ?? []) {
    const day = dayIn(slot.at, zone);
    const times = free.get(day) ?? new Map<number, number>();
    times.set(slot.at.getTime(), (times.get(slot.at.getTime()) ?? 0) + 1);
    free.set(day, times);
  }
  const byDay = new Map<string, PublicationItem[]>();
  for (const item of items) {
    const day = dayIn(item.dueAt, zone);
    byDay.set(day, [...(byDay.get(day) ?? []), item]);
  }
  return (
    <div className="grid grid-cols-1 gap-4">
      <div className="flex flex-wrap items-center gap-2">
        <div className="flex items-center gap-1">
          <Step
            href={href(range, range.previous)}
            label={t('previous', { view: shown })}
            icon={<ChevronLeft aria-hidden />}
          />
          <Step
            href={href(range, range.next)}
            label={t('next', { view: shown })}
            icon={<ChevronRight aria-hidden />}
          />
        </div>
        <h2 className="min-w-0 flex-1 basis-44 font-semibold text-base" aria-live="polite">
          {range.title}
        </h2>
        <div className="flex items-center gap-2">
          <Button asChild size="sm" variant="outline">
            <Link href={href(range, range.today)}>{t('today')}</Link>
          </Button>
          <nav aria-label={t('view.label')} className="flex gap-1">
            {(['month', 'week'] as const).map((view) => (
              <Button key={view} asChild size="sm" variant={range.view === view ? 'secondary' : 'ghost'}>
                <Link
                  href={`/calendar?view=${view}&at=${range.at}`}
                  aria-current={range.view === view ? 'page' : undefined}
                >
                  {t(`view.${view}`)}
                </Link>
              </Button>
            ))}
          </nav>
        </div>
      </div>
      <p className="text-muted-foreground text-xs">
        {t('times', { zone: zone.replaceAll('_', ' '), name: zoneLabel })}
      </p>
      {isError && !data ? (
        <ErrorState description={readAppError(error).message} onRetry={() => void refetch()} />
      ) : (
        <>
          {hasNextPage ? (
            <Alert
              variant="info"
              title={t('first', { count: items.length, view: shown })}
              action={
                <Button
                  size="sm"
                  variant="outline"
                  loading={isFetchingNextPage}
                  onClick={() => void fetchNextPage()}
                >
                  {t('showMore')}
                </Button>
              }
            />
          ) : null}
          <Grid range={range} zone={zone} byDay={byDay} free={free} marks={marks} loading={isPending} />
          <Agenda
            range={range}
            zone={zone}
            byDay={byDay}
            free={free}
            marks={marks}
            loading={isPending}
            more={hasNextPage}
          />
        </>
      )}
    </div>
  );
}

const href = (range: CalendarRange, at: string) => `/calendar?view=${range.view}&at=${at}`;

function Step({ href: to, label, icon }: { href: string; label: string; icon: React.ReactNode }) {
  return (
    <Button asChild size="icon-sm" variant="outline">
      <Link href={to} aria-label={label}>
        {icon}
      </Link>
    </Button>
  );
}
