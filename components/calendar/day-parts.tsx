'use client';
import { Recycle, Repeat } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import type { PublicationItem } from '@/components/trpc/outputs';
import { formatInstant } from '@/components/ui/time';
import type { CalendarRange } from './range';

/** Format of a day's name, without the year. */
export const NAMED = { weekday: 'long', day: 'numeric', month: 'long' } as const;

/** The days of a range and their contents. */
export interface DaysProps {
  range: CalendarRange;
  zone: string;
  byDay: Map<string, PublicationItem[]>;
  /** Free slots by day: the number of accounts at each time. */
  free: Map<string, Map<number, number>>;
  marks: Record<string, 'series' | 'evergreen'>;
  loading: boolean;
}

/** A day's free slots as quiet outlines; a month only shows their number. */
export function FreeSlots({
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

/** Icon that marks a post as part of a series or as one of the evergreen posts. */
export function Mark({ mark }: { mark: 'series' | 'evergreen' | undefined }) {
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
