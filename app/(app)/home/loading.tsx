import { useTranslations } from 'next-intl';
import { Skeleton, SkeletonRows } from '@/components/ui/skeleton';

/** Loading skeleton of Home. */
export default function Loading() {
  const t = useTranslations('home.page');
  return (
    <div role="status" aria-label={t('loading')}>
      <div className="mb-6 flex items-start justify-between">
        <div className="grid gap-2">
          <Skeleton className="h-7 w-24" />
          <Skeleton className="h-4 w-44" />
        </div>
        <Skeleton className="h-9 w-32" />
      </div>
      <div className="grid gap-4">
        <div className="grid gap-3 rounded-lg border border-border bg-card p-4">
          <Skeleton className="h-4 w-40" />
          <div className="grid grid-cols-2 gap-4 sm:grid-cols-4">
            {['a', 'b', 'c', 'd'].map((key) => (
              <Skeleton key={key} className="h-12" />
            ))}
          </div>
        </div>
        <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          {['left', 'right'].map((key) => (
            <div key={key} className="rounded-lg border border-border bg-card p-4">
              <SkeletonRows rows={5} />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
