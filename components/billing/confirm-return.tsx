'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';

/** Someone came back from the payment page: applies what was bought, then shows the page without the session in its address. */
export function ConfirmReturn({ sessionId, path }: { sessionId: string; path: string }) {
  const trpc = useTRPC();
  const router = useRouter();
  const errors = useAppError({ toast: false });
  const asked = useRef(false);
  const confirm = useMutation(
    trpc.billing.confirm.mutationOptions({
      onError: errors.report,
      onSuccess: ({ plan }) => {
        if (plan) toast('Thank you. Your new plan is active.');
        router.replace(path);
        router.refresh();
      },
    }),
  );
  const { mutate } = confirm;
  useEffect(() => {
    // Once, also when React runs effects twice in development.
    if (asked.current) return;
    asked.current = true;
    mutate({ sessionId });
  }, [mutate, sessionId]);
  if (!errors.message) return <Alert title="Checking your payment" />;
  return (
    <Alert
      variant="warning"
      title="We could not check your payment yet"
      action={
        <Button variant="outline" size="sm" onClick={() => mutate({ sessionId })}>
          Check again
        </Button>
      }
    >
      <p>{errors.message} If you paid, your plan changes by itself within a few minutes.</p>
    </Alert>
  );
}
