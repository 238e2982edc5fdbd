import { cn } from './cn';

/** The progress of something, or how much of a limit is used. `label` is read out; `tone` changes near a limit. */
export function Progress({
  value,
  max = 100,
  label,
  tone = 'accent',
  className,
}: {
  /** Omit while the total is unknown. */
  value?: number | undefined;
  max?: number;
  label: string;
  tone?: 'accent' | 'warning' | 'destructive';
  className?: string;
}) {
  const known = value !== undefined && max > 0;
  const part = known ? Math.min(100, Math.max(0, (value / max) * 100)) : 40;
  return (
    <div
      data-slot="progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={max}
      {...(known ? { 'aria-valuenow': Math.min(max, Math.max(0, value)) } : {})}
      className={cn('h-1.5 w-full overflow-hidden rounded-full bg-border', className)}
    >
      <div
        className={cn(
          'h-full rounded-full transition-[width] duration-150',
          tone === 'accent' && 'bg-accent',
          tone === 'warning' && 'bg-warning',
          tone === 'destructive' && 'bg-destructive',
          !known && 'animate-pulse',
        )}
        style={{ width: `${part}%` }}
      />
    </div>
  );
}
