'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';

/** Archives a product, with an undo, or restores an archived one. */
export function ArchiveButton({ id, version, archived }: { id: string; version: number; archived: boolean }) {
  const t = useTranslations('products.archive');
  const trpc = useTRPC();
  const router = useRouter();
  const { report, clear } = useAppError();
  const onError = (error: unknown) => {
    report(error);
  };
  const restore = useMutation(
    trpc.products.restore.mutationOptions({
      onMutate: clear,
      onError,
      onSuccess: () => router.refresh(),
    }),
  );
  const archive = useMutation(
    trpc.products.archive.mutationOptions({
      onMutate: clear,
      onError,
      onSuccess: () => {
        toast.success(t('archived'), {
          action: { label: t('undo'), onClick: () => restore.mutate({ id }) },
        });
        router.refresh();
      },
    }),
  );
  return archived ? (
    <Button loading={restore.isPending} onClick={() => restore.mutate({ id })}>
      {t('restore')}
    </Button>
  ) : (
    <Button variant="outline" loading={archive.isPending} onClick={() => archive.mutate({ id, version })}>
      {t('archive')}
    </Button>
  );
}
