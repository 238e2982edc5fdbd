import { cn } from '@/components/ui/cn';
import { truncateText } from '@/server/foundation/storable';

/** A platform's initials in a box. No logos, because they are trademarks of others. */
export function PlatformMark({ name, className }: { name: string; className?: string }) {
  return (
    <span
      aria-hidden
      translate="no"
      className={cn(
        'flex size-9 shrink-0 items-center justify-center rounded-lg border border-border bg-muted font-semibold text-muted-foreground text-xs',
        className,
      )}
    >
      {truncateText(name, 2)}
    </span>
  );
}
