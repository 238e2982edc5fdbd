'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';

/** Puts an alert away. What is still wrong raises it again. */
export function ResolveAlert({ id, title }: { id: string; title: string }) {
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
      Put away<span className="sr-only">: {title}</span>
    </Button>
  );
}
