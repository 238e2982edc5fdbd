import { CircleAlert, CircleCheck, Info, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from './cn';

export type AlertVariant = 'default' | 'info' | 'positive' | 'warning' | 'destructive';

const LOOKS: Record<AlertVariant, { classes: string; icon: string; Icon: LucideIcon }> = {
  default: { classes: 'border-border bg-card', icon: 'text-muted-foreground', Icon: Info },
  info: { classes: 'border-transparent bg-accent-subtle', icon: 'text-accent-subtle-foreground', Icon: Info },
  positive: { classes: 'border-transparent bg-positive-subtle', icon: 'text-positive', Icon: CircleCheck },
  warning: { classes: 'border-transparent bg-warning-subtle', icon: 'text-warning', Icon: TriangleAlert },
  destructive: {
    classes: 'border-transparent bg-destructive-subtle',
    icon: 'text-destructive',
    Icon: CircleAlert,
  },
};

/** A callout in the page: a message with at most one action. A destructive one interrupts screen readers. */
export function Alert({
  variant = 'default',
  title,
  children,
  action,
  className,
  ...props
}: Omit<ComponentProps<'div'>, 'title'> & { variant?: AlertVariant; title?: ReactNode; action?: ReactNode }) {
  const { classes, icon, Icon } = LOOKS[variant];
  return (
    <div
      data-slot="alert"
      role={variant === 'destructive' ? 'alert' : 'status'}
      className={cn(
        'flex items-start gap-3 rounded-lg border px-4 py-3 text-foreground text-sm',
        classes,
        className,
      )}
      {...props}
    >
      <Icon aria-hidden className={cn('mt-0.5 size-4 shrink-0', icon)} />
      <div className="flex min-w-0 flex-1 flex-wrap items-center justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 flex-1 basis-56 gap-0.5">
          {title ? <AlertTitle>{title}</AlertTitle> : null}
          {children}
        </div>
        {action ? <div className="shrink-0">{action}</div> : null}
      </div>
    </div>
  );
}

export function AlertTitle({ className, ...props }: ComponentProps<'p'>) {
  return <p data-slot="alert-title" className={cn('font-medium', className)} {...props} />;
}

export function AlertDescription({ className, ...props }: ComponentProps<'div'>) {
  return <div data-slot="alert-description" className={cn('text-foreground', className)} {...props} />;
}
