import { useTranslations } from 'next-intl';
import { Skeleton } from '@/components/ui/skeleton';
import { PLATFORM_IDS } from '@/server/connectors/generated/ids';

/** Loading skeleton of the connection cards. */
export default function Loading() {
  const t = useTranslations('connections');
  return (
    <div role="status" aria-label={t('loading')}>
      <div className="mb-6 grid gap-2">
        <Skeleton className="h-7 w-40" />
        <Skeleton className="h-4 w-80 max-w-full" />
      </div>
      <div className="grid gap-4 sm:grid-cols-2 xl:grid-cols-3">
        {PLATFORM_IDS.map((key) => (
          <Skeleton key={key} className="h-44 rounded-lg!" />
        ))}
      </div>
    </div>
  );
}
