import { CircleAlert } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from './button';
import { cn } from './cn';

/** An error: what happened, what to do, a retry and a reference number. */
export function ErrorState({
  title,
  description,
  reference,
  onRetry,
  retryLabel,
  action,
  size = 'default',
  className,
}: {
  title?: string;
  description?: ReactNode;
  /** The reference number in the log. */
  reference?: string | undefined;
  /** Only from a client component. */
  onRetry?: (() => void) | undefined;
  retryLabel?: string;
  action?: ReactNode;
  size?: 'default' | 'compact';
  className?: string;
}) {
  const t = useTranslations('ui.failed');
  return (
    <div
      data-slot="error-state"
      role="alert"
      className={cn(
        'flex flex-col items-center justify-center gap-1 text-center text-sm',
        size === 'compact' ? 'px-4 py-8' : 'rounded-lg border border-border bg-card px-6 py-16',
        className,
      )}
    >
      <CircleAlert
        aria-hidden
        strokeWidth={1.5}
        className={cn('mb-2 text-destructive', size === 'compact' ? 'size-5' : 'size-7')}
      />
      <p className="font-medium">{title ?? t('title')}</p>
      {description ? <p className="max-w-md text-balance text-muted-foreground">{description}</p> : null}
      {onRetry || action ? (
        <div className="mt-4 flex flex-wrap justify-center gap-2">
          {onRetry ? (
            <Button variant="outline" onClick={onRetry}>
              {retryLabel ?? t('retry')}
            </Button>
          ) : null}
          {action}
        </div>
      ) : null}
      {reference ? (
        <p className="mt-3 text-muted-foreground text-xs">
          {t.rich('reference', { code: () => <code className="font-mono">{reference}</code> })}
        </p>
      ) : null}
    </div>
  );
}
