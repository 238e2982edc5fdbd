'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';

/** Dismisses an alert; a problem that persists raises it again. The page provides the label. */
export function ResolveAlert({ id, children }: { id: string; children: ReactNode }) {
  const trpc = useTRPC();
  const router = useRouter();
  const { report } = useAppError();
  const resolve = useMutation(
    trpc.alerts.resolve.mutationOptions({ onError: report, onSuccess: () => router.refresh() }),
  );
  return (
    <Button
      variant="ghost"
      size="sm"
      loading={resolve.isPending}
      disabled={resolve.isSuccess}
      onClick={() => resolve.mutate({ id })}
    >
      {children}
    </Button>
  );
}
