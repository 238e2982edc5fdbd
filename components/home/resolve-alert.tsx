'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import type { ReactNode } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';

/** Puts an alert away. What is still wrong raises it again. Its words come from the page. */
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
