import { useTranslations } from 'next-intl';
import { Skeleton } from '@/components/ui/skeleton';

/** Loading skeleton of the calendar: a heading, a row of buttons and the month. */
export default function Loading() {
  const t = useTranslations('calendar.page');
  return (
    <div role="status" aria-label={t('loading')} className="grid gap-4">
      <div className="mb-2 flex items-start justify-between">
        <Skeleton className="h-7 w-28" />
        <Skeleton className="h-9 w-28" />
      </div>
      <div className="flex justify-between">
        <Skeleton className="h-8 w-48" />
        <Skeleton className="h-8 w-32" />
      </div>
      <div className="grid gap-px overflow-hidden rounded-lg border border-border bg-border max-md:grid-cols-1 md:grid-cols-7">
        {Array.from({ length: 35 }, (_, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the days are all the same
          <div key={i} className="h-28 bg-card p-2 max-md:h-16 max-md:[&:nth-child(n+8)]:hidden">
            <Skeleton className="size-5 rounded-full!" />
          </div>
        ))}
      </div>
    </div>
  );
}
