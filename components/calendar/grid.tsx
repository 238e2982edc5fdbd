'use client';

import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { Thumb } from '@/components/media/thumb';
import { platformName } from '@/components/platforms/catalogue';
import { notUploaded } from '@/components/publications/media-status-text';
import { NotUploaded } from '@/components/publications/not-uploaded';
import { followLabel } from '@/components/publications/threads';
import { waitReason } from '@/components/publications/waits-note';
import type { PublicationItem } from '@/components/trpc/outputs';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import { formatInstant } from '@/components/ui/time';
import { weekdayNames } from '@/components/ui/weekdays';
import { type DaysProps, FreeSlots, Mark, NAMED } from './day-parts';
import { formatDay } from './days';

/** The days as a table, on wide screens. */
export function Grid({ range, zone, byDay, free, marks, loading }: DaysProps) {
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
  const waits = waitReason(item, zone, publications, locale);
  const follows = followLabel(item, publications);
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
        {/* A month has space for only one of the two next to the title. */}
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
