'use client';

import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { CalendarDays, ChevronLeft, ChevronRight, Recycle, Repeat } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { useUnlessLive } from '@/components/live/store';
import { Thumb } from '@/components/media/thumb';
import { platformName } from '@/components/platforms/catalogue';
import { notUploaded } from '@/components/publications/media-status-text';
import { NotUploaded } from '@/components/publications/not-uploaded';
import { PublicationState } from '@/components/publications/publication-state';
import { lookAgainIn } from '@/components/publications/refresh-interval';
import { followWord } from '@/components/publications/threads';
import { WaitsNote, waitsWords } from '@/components/publications/waits-note';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { dayIn } from '@/components/ui/calendar-day';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/empty-state';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton } from '@/components/ui/skeleton';
import { formatInstant, Time } from '@/components/ui/time';
import { weekdayNames } from '@/components/ui/weekdays';
import { formatDay } from './days';
import { calendarInput } from './input';
import type { CalendarRange } from './range';

/** A day as it is called here, without its year. */
const NAMED = { weekday: 'long', day: 'numeric', month: 'long' } as const;

/** What goes out and what went out, by day of the workspace's zone: a grid, and on a phone a list. */
export function Calendar({
  range,
  zone,
  zoneLabel,
}: {
  range: CalendarRange;
  zone: string;
  /** The zone's own short name. */
  zoneLabel: string;
}) {
  const t = useTranslations('calendar');
  const { view: shown } = range;
  const trpc = useTRPC();
  const ask = useUnlessLive(lookAgainIn);
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
  // Slots of one time are one outline, however many accounts have one.
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

interface DaysProps {
  range: CalendarRange;
  zone: string;
  byDay: Map<string, PublicationItem[]>;
  /** Free slots: by day, the time and at how many accounts. */
  free: Map<string, Map<number, number>>;
  marks: Record<string, 'series' | 'evergreen'>;
  loading: boolean;
}

function Grid({ range, zone, byDay, free, marks, loading }: DaysProps) {
  const t = useTranslations('calendar');
  const locale = useLocale();
  const most = range.view === 'month' ? 4 : 40;
  return (
    <table className="hidden w-full table-fixed border-collapse overflow-hidden rounded-lg border border-border bg-card md:table">
      <caption className="sr-only">{t('table', { title: range.title })}</caption>
      <thead>
        <tr>
          {weekdayNames(locale, 'short').map((weekday) => (
            <th
              key={weekday}
              scope="col"
              className="border-border border-b px-2 py-1.5 text-left font-medium text-muted-foreground text-xs"
            >
              {weekday}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {range.weeks.map((week) => (
          <tr key={week[0]?.day}>
            {week.map(({ day, inMonth }) => {
              const items = byDay.get(day) ?? [];
              return (
                <td
                  key={day}
                  className={cn(
                    'border border-border p-1.5 align-top',
                    range.view === 'month' ? 'h-28' : 'h-96',
                    !inMonth && 'bg-background',
                  )}
                >
                  <Link
                    href={`/calendar?view=week&at=${day}`}
                    aria-label={t('day', { day: formatDay(day, locale, NAMED), count: items.length })}
                    aria-current={day === range.today ? 'date' : undefined}
                    className={cn(
                      'tabular inline-flex size-6 items-center justify-center rounded-full text-xs',
                      day === range.today
                        ? 'bg-accent font-semibold text-accent-foreground hover:bg-accent-hover'
                        : inMonth
                          ? 'hover:bg-muted'
                          : 'text-muted-foreground hover:bg-muted',
                    )}
                  >
                    {Number(day.slice(8))}
                  </Link>
                  {loading ? <Skeleton className="mt-1 h-5" /> : null}
                  <ul className="mt-1 grid grid-cols-1 gap-0.5">
                    {items.slice(0, most).map((item) => (
                      <li key={item.id}>
                        <Chip item={item} zone={zone} wide={range.view === 'week'} mark={marks[item.id]} />
                      </li>
                    ))}
                  </ul>
                  {items.length > most ? (
                    <Link
                      href={`/calendar?view=week&at=${day}`}
                      className="text-muted-foreground text-xs hover:underline"
                    >
                      {t('more', { count: items.length - most })}
                    </Link>
                  ) : null}
                  <FreeSlots times={free.get(day)} zone={zone} wide={range.view === 'week'} />
                </td>
              );
            })}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

const EDGE: Partial<Record<PublicationItem['state'], string>> = {
  published: 'border-l-positive',
  failed: 'border-l-destructive',
  unknown: 'border-l-warning',
  awaiting_approval: 'border-l-warning',
  cancelled: 'border-l-border text-muted-foreground line-through',
};

/** Free slots of a day as quiet outlines; in a month they are only counted. */
function FreeSlots({
  times,
  zone,
  wide,
}: {
  times: Map<number, number> | undefined;
  zone: string;
  wide: boolean;
}) {
  const t = useTranslations('calendar.free');
  const locale = useLocale();
  if (!times || times.size === 0) return null;
  if (!wide) {
    const count = [...times.values()].reduce((a, b) => a + b, 0);
    return (
      <p className="mt-1 truncate rounded-sm border border-border border-dashed px-1.5 py-px text-muted-foreground text-xs">
        {t('count', { count })}
      </p>
    );
  }
  return (
    <ul className="mt-1 grid gap-0.5" aria-label={t('label')}>
      {[...times].map(([at, count]) => (
        <li
          key={at}
          className="rounded-sm border border-border border-dashed px-1.5 py-px text-muted-foreground text-xs"
        >
          {t.rich('at', {
            count,
            time: () => <span className="tabular">{formatInstant(new Date(at), zone, 'time', locale)}</span>,
          })}
        </li>
      ))}
    </ul>
  );
}

function Mark({ mark }: { mark: 'series' | 'evergreen' | undefined }) {
  const t = useTranslations('calendar.mark');
  if (!mark) return null;
  const Icon = mark === 'series' ? Repeat : Recycle;
  return (
    <>
      <Icon aria-hidden className="mr-1 inline size-3 align-[-2px] text-muted-foreground" />
      <span className="sr-only">{t(mark)} </span>
    </>
  );
}

function Chip({
  item,
  zone,
  wide,
  mark,
}: {
  item: PublicationItem;
  zone: string;
  wide: boolean;
  mark: 'series' | 'evergreen' | undefined;
}) {
  const t = useTranslations('facts.publicationStates');
  const locale = useLocale();
  const publications = useTranslations('publications');
  const waits = waitsWords(item, zone, publications, locale);
  const follows = followWord(item, publications);
  const upload = notUploaded(item, publications);
  const title = [
    formatInstant(item.dueAt, zone, 'datetime', locale),
    platformName(item.platform),
    follows,
    item.postTitle,
    waits,
    upload,
  ];
  return (
    <Link
      href={`/posts/${item.postId}`}
      title={title.filter(Boolean).join(' · ')}
      className={cn(
        'block rounded-sm border-l-2 bg-muted px-1.5 py-0.5 text-xs hover:bg-border',
        upload ? 'border-l-destructive' : (EDGE[item.state] ?? 'border-l-accent'),
      )}
    >
      <span className={cn('wrap-anywhere', wide ? 'block' : 'line-clamp-2')}>
        <span className="tabular">{formatInstant(item.dueAt, zone, 'time', locale)}</span>{' '}
        <Mark mark={mark} />
        <Thumb media={item.media[0]} className="mr-1 inline-flex! size-4! rounded-xs! align-[-3px]" />
        {/* In a month there is room for one of them beside the title. */}
        {follows ? <span className="font-medium text-muted-foreground">{follows}: </span> : null}
        <span className={cn('text-muted-foreground', follows && !wide && 'sr-only')}>
          {platformName(item.platform)}
        </span>{' '}
        <bdi>{item.postTitle}</bdi>
      </span>
      {upload ? <NotUploaded publication={item} className="flex!" /> : null}
      <span className="sr-only">
        , {t(item.state)}
        {waits ? `. ${waits}` : ''}
      </span>
      {waits && wide ? <span aria-hidden>{waits}</span> : null}
    </Link>
  );
}

/** `more`: some are not read yet, so that no days can mean that they are still to come. */
function Agenda({ range, zone, byDay, free, marks, loading, more }: DaysProps & { more: boolean }) {
  const t = useTranslations('calendar');
  const publications = useTranslations('publications');
  const locale = useLocale();
  const days = range.weeks
    .flat()
    .filter(({ day, inMonth }) => inMonth && (byDay.has(day) || (range.view === 'week' && free.has(day))));
  return (
    <div className="grid grid-cols-1 gap-4 md:hidden">
      {loading ? (
        <Skeleton className="h-40" />
      ) : days.length === 0 && more ? null : days.length === 0 ? (
        <EmptyState
          icon={CalendarDays}
          title={t('empty.title')}
          description={t('empty.description')}
          action={
            <Button asChild variant="outline">
              <Link href="/compose">{t('empty.action')}</Link>
            </Button>
          }
        />
      ) : (
        days.map(({ day }) => (
          <section key={day} aria-label={formatDay(day, locale, NAMED)}>
            <h3
              className={cn(
                'mb-1.5 font-medium text-xs',
                day === range.today ? 'text-accent' : 'text-muted-foreground',
              )}
            >
              {day === range.today
                ? t('dayToday', { day: formatDay(day, locale, NAMED) })
                : formatDay(day, locale, NAMED)}
            </h3>
            <ul
              className={cn(
                'divide-y divide-border rounded-lg border border-border bg-card',
                !byDay.has(day) && 'hidden',
              )}
            >
              {(byDay.get(day) ?? []).map((item) => (
                <li key={item.id} className="relative flex items-start gap-3 px-4 py-3">
                  <Time at={item.dueAt} zone={zone} style="time" className="text-muted-foreground" />
                  <div className="min-w-0 flex-1">
                    <Link
                      href={`/posts/${item.postId}`}
                      dir="auto"
                      className="wrap-anywhere line-clamp-2 font-medium after:absolute after:inset-0"
                    >
                      {item.postTitle}
                    </Link>
                    <p className="truncate text-muted-foreground text-xs">
                      <Mark mark={marks[item.id]} />
                      {[followWord(item, publications), platformName(item.platform)]
                        .filter(Boolean)
                        .join(' · ')}{' '}
                      · <bdi>{item.connectionName}</bdi>
                    </p>
                    <NotUploaded publication={item} />
                    <WaitsNote publication={item} zone={zone} />
                  </div>
                  <Thumb media={item.media[0]} />
                  <PublicationState state={item.state} />
                </li>
              ))}
            </ul>
            <FreeSlots times={free.get(day)} zone={zone} wide={range.view === 'week'} />
          </section>
        ))
      )}
    </div>
  );
}
