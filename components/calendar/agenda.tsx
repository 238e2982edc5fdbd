'use client';

import { CalendarDays } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { Thumb } from '@/components/media/thumb';
import { platformName } from '@/components/platforms/catalogue';
import { NotUploaded } from '@/components/publications/not-uploaded';
import { PublicationState } from '@/components/publications/publication-state';
import { followLabel } from '@/components/publications/threads';
import { WaitsNote } from '@/components/publications/waits-note';
import { Button } from '@/components/ui/button';
import { cn } from '@/components/ui/cn';
import { EmptyState } from '@/components/ui/empty-state';
import { Skeleton } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';
import { type DaysProps, FreeSlots, Mark, NAMED } from './day-parts';
import { formatDay } from './days';

/** The days as a list, on phones. `more`: some posts are not loaded yet, so an empty list does not mean that there are none. */
export function Agenda({ range, zone, byDay, free, marks, loading, more }: DaysProps & { more: boolean }) {
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
                      {[followLabel(item, publications), platformName(item.platform)]
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
