'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useUnlessLive } from '@/components/live/store';
import { useTRPC } from '@/components/trpc/client';
import { cn } from '@/components/ui/cn';

/** The number of pending to-dos. Follows changes made elsewhere. */
export function TodoCount({ className }: { className?: string }) {
  const t = useTranslations('shell');
  const trpc = useTRPC();
  const interval = useUnlessLive(30_000);
  const { data } = useQuery(trpc.home.shell.queryOptions(undefined, { refetchInterval: interval }));
  const count = data?.todoCount ?? 0;
  if (count === 0) return null;
  return (
    <span
      className={cn(
        'tabular inline-flex h-5 min-w-5 items-center justify-center rounded-full bg-accent px-1.5 font-medium text-accent-foreground text-xs',
        className,
      )}
    >
      {t.rich('waiting', {
        shown: count > 99 ? '99+' : String(count),
        unseen: (chunks) => <span className="sr-only">{chunks}</span>,
      })}
    </span>
  );
}
