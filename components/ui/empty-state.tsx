import type { LucideIcon } from 'lucide-react';
import type { ReactNode } from 'react';
import { cn } from './cn';

/** An empty list: its purpose, and the one button that starts it. */
export function EmptyState({
  icon: Icon,
  title,
  description,
  action,
  children,
  size = 'default',
  className,
}: {
  icon?: LucideIcon;
  title: string;
  description?: ReactNode;
  action?: ReactNode;
  children?: ReactNode;
  /** `compact` for a panel among others. */
  size?: 'default' | 'compact';
  className?: string;
}) {
  return (
    <div
      data-slot="empty-state"
      className={cn(
        'flex flex-col items-center justify-center gap-1 text-center text-sm',
        size === 'compact' ? 'px-4 py-8' : 'rounded-lg border border-border border-dashed bg-card px-6 py-16',
        className,
      )}
    >
      {Icon ? (
        <Icon
          aria-hidden
          strokeWidth={1.5}
          className={cn('mb-2 text-muted-foreground', size === 'compact' ? 'size-5' : 'size-7')}
        />
      ) : null}
      <p className="font-medium">{title}</p>
      {description ? <p className="max-w-sm text-balance text-muted-foreground">{description}</p> : null}
      {children}
      {action ? <div className="mt-4 flex flex-wrap justify-center gap-2">{action}</div> : null}
    </div>
  );
}
