'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';

/** The actions available for a listing in its state: take it down or retry. */
export function ListingActions({
  id,
  version,
  state,
  title,
  shop,
}: {
  id: string;
  version: number;
  state: string;
  title: string;
  shop: string;
}) {
  const t = useTranslations('listings.actions');
  const trpc = useTRPC();
  const router = useRouter();
  const { report, clear } = useAppError();
  const options = {
    onMutate: clear,
    onError: (error: unknown) => {
      report(error);
    },
    onSuccess: () => router.refresh(),
  };
  const retry = useMutation(trpc.listings.retry.mutationOptions(options));
  const delist = useMutation(trpc.listings.delist.mutationOptions(options));
  return (
    <div className="flex flex-wrap justify-end gap-2">
      {state === 'failed' ? (
        <Button size="sm" loading={retry.isPending} onClick={() => retry.mutate({ id, version })}>
          {t('retry')}
        </Button>
      ) : null}
      {state === 'active' || state === 'failed' ? (
        <ConfirmDialog
          trigger={
            <Button size="sm" variant="outline">
              {t('takeDown')}
            </Button>
          }
          title={t('confirm.title', { title, shop })}
          description={t('confirm.description')}
          confirmLabel={t('takeDown')}
          onConfirm={() => delist.mutateAsync({ id, version })}
        />
      ) : null}
    </div>
  );
}
