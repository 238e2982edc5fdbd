import { useTranslations } from 'next-intl';
import { Skeleton } from '@/components/ui/skeleton';

/** Loading skeleton of Compose: the brief on the left, the texts on the right. */
export default function Loading() {
  const t = useTranslations('compose');
  return (
    <div role="status" aria-label={t('loading')}>
      <div className="mb-6 flex items-start justify-between">
        <div className="grid gap-2">
          <Skeleton className="h-7 w-32" />
          <Skeleton className="h-4 w-56" />
        </div>
        <Skeleton className="h-9 w-36" />
      </div>
      <div className="grid grid-cols-1 gap-4 lg:grid-cols-[minmax(0,5fr)_minmax(0,9fr)]">
        <div className="grid content-start gap-6 rounded-lg border border-border bg-card p-4">
          {['name', 'accounts', 'topic', 'prompt'].map((key) => (
            <div key={key} className="grid gap-2">
              <Skeleton className="h-4 w-24" />
              <Skeleton className="h-9" />
            </div>
          ))}
        </div>
        <div className="grid content-start gap-4">
          {['first', 'second'].map((key) => (
            <div key={key} className="grid gap-3 rounded-lg border border-border bg-card p-4">
              <Skeleton className="h-4 w-40" />
              <Skeleton className="h-28" />
            </div>
          ))}
        </div>
      </div>
    </div>
  );
}
