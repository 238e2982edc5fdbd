import { useTranslations } from 'next-intl';
import type { ComponentProps } from 'react';
import { cn } from './cn';

/** A placeholder for content that is loading. Give it the size of the content. */
export function Skeleton({ className, ...props }: ComponentProps<'div'>) {
  return (
    <div
      data-slot="skeleton"
      aria-hidden
      className={cn('animate-pulse rounded-md bg-muted', className)}
      {...props}
    />
  );
}

/** A placeholder for a list that is loading. */
export function SkeletonRows({ rows = 4, className }: { rows?: number; className?: string }) {
  const t = useTranslations('ui');
  return (
    <div role="status" aria-label={t('loading')} className={cn('grid gap-3', className)}>
      {Array.from({ length: rows }, (_, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the rows are all the same
        <div key={i} className="flex items-center gap-3">
          <Skeleton className="size-8" />
          <div className="grid flex-1 gap-1.5">
            <Skeleton className="h-3.5 w-2/5" />
            <Skeleton className="h-3 w-3/5" />
          </div>
          <Skeleton className="h-4 w-16" />
        </div>
      ))}
    </div>
  );
}
