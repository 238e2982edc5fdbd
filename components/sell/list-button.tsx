'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';

/** Lists a product on one shop. */
export function ListButton({
  productId,
  connectionId,
  shop,
  disabled,
}: {
  productId: string;
  connectionId: string;
  shop: string;
  disabled: boolean;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const { report, clear } = useAppError();
  const list = useMutation(
    trpc.listings.create.mutationOptions({
      onMutate: clear,
      onError: (error) => {
        report(error);
      },
      onSuccess: () => router.refresh(),
    }),
  );
  return (
    <Button
      disabled={disabled}
      loading={list.isPending}
      onClick={() => list.mutate({ productId, connectionId })}
      className="max-w-full"
    >
      <span className="truncate">List on {shop}</span>
    </Button>
  );
}
