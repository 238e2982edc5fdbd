'use client';

import { useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { platformName } from '@/components/platforms/catalogue';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Connection } from '@/components/trpc/outputs';
import { ErrorState } from '@/components/ui/error-state';
import { Skeleton } from '@/components/ui/skeleton';
import { Time } from '@/components/ui/time';

/** The slot that each account would get now. It is reserved only when the post is queued. */
export function SlotPreview({
  accounts,
  topicId,
  zone,
}: {
  accounts: readonly Connection[];
  topicId: string | null;
  zone: string;
}) {
  const t = useTranslations('compose.slots');
  const trpc = useTRPC();
  const ids = accounts.map((account) => account.id);
  const { data, isPending, isError, error, refetch } = useQuery(
    trpc.planning.nextSlots.queryOptions(
      { connectionIds: ids, topicId },
      { enabled: ids.length > 0, staleTime: 0 },
    ),
  );
  if (ids.length === 0) return null;
  // As many lines as the result will have, so that the content below does not move.
  if (isPending)
    return (
      <div className="grid gap-1.5">
        {ids.map((id) => (
          <Skeleton key={id} className="h-5" />
        ))}
      </div>
    );
  if (isError)
    return (
      <ErrorState size="compact" description={readAppError(error).message} onRetry={() => void refetch()} />
    );
  return (
    <ul className="grid gap-1.5" aria-label={t('list')}>
      {data.items.map(({ connectionId, slot, reason }) => {
        const account = accounts.find((a) => a.id === connectionId);
        return (
          <li key={connectionId} className="flex flex-wrap gap-x-3">
            <span className="min-w-0 truncate font-medium">
              {platformName(account?.platform ?? '')} · {account?.remoteName}
            </span>
            {slot ? (
              <Time at={slot.at} zone={zone} showZone />
            ) : (
              <span className="text-destructive">
                {reason?.text}{' '}
                <Link
                  href={`/auto-posting/slots?account=${connectionId}`}
                  className="underline underline-offset-4"
                >
                  {t('add')}
                </Link>
              </span>
            )}
            {slot?.note ? (
              <span className="basis-full text-muted-foreground text-xs">{slot.note.text}</span>
            ) : null}
          </li>
        );
      })}
    </ul>
  );
}
