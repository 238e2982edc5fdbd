'use client';

import { useMutation } from '@tanstack/react-query';
import { RefreshCw } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Poll } from '@/components/live/poll';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';

/** Starts a sync with the shops and refreshes the page until it is complete. */
export function SyncButton({ syncing, syncedAt }: { syncing: boolean; syncedAt: string | null }) {
  const t = useTranslations('sales.sync');
  const trpc = useTRPC();
  const router = useRouter();
  const { report, clear } = useAppError();
  const [since, setSince] = useState<string | null | undefined>(undefined);
  const waiting = since !== undefined && since === syncedAt;
  const sync = useMutation(
    trpc.sales.sync.mutationOptions({
      onMutate: clear,
      onError: (error) => {
        report(error);
      },
      onSuccess: () => {
        setSince(syncedAt);
        router.refresh();
      },
    }),
  );
  useEffect(() => {
    if (!waiting) return;
    // A sync that finds the shop busy does not update the time, so waiting ends after a while.
    const timer = setTimeout(() => setSince(undefined), 30_000);
    return () => clearTimeout(timer);
  }, [waiting]);
  const busy = sync.isPending || syncing || waiting;
  return (
    <>
      <Poll active={syncing || waiting} />
      <Button onClick={() => sync.mutate({})} loading={busy}>
        {busy ? null : <RefreshCw aria-hidden />}
        {busy ? t('running') : t('start')}
      </Button>
    </>
  );
}
