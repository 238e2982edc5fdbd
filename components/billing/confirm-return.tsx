'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import type { ErrorCode } from '@/server/foundation/errors';
import { ENDED, type Ended, endedPath, nextAsk, type Returned } from './payment-return';

/** Answers that another try does not change. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['not_found', 'forbidden', 'unauthenticated', 'invalid']);

/** What is said while Stripe does not answer. Nothing is paid in the customer portal: people change their card or their plan there. */
const WAITING: Record<Returned['from'], { title: string; soon: string; late: string }> = {
  checkout: {
    title: 'Your payment is being confirmed',
    soon: 'Your new plan shows here as soon as the payment is confirmed. You need not pay again.',
    late: 'This takes longer than usual. If you paid, your plan changes by itself; you need not pay again.',
  },
  portal: {
    title: 'We are checking for changes to your billing',
    soon: 'What you changed shows here in a moment.',
    late: 'This takes longer than usual. What you changed is safe with Stripe and shows here later by itself.',
  },
};

/**
 * Someone came back from the payment page: applies what was bought, then shows the page without the session in its address. As long as
 * Stripe has not finished it asks again by itself.
 */
export function ConfirmReturn({
  returned,
  path,
  onward,
}: {
  returned: Returned;
  path: string;
  /** Where it goes on with the new plan; else the page that the payment was made from is shown again. */
  onward?: () => Promise<string>;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const began = useRef(false);
  const [asked, setAsked] = useState(0);
  const { mutateAsync: checkout } = useMutation(trpc.billing.confirm.mutationOptions());
  const { mutateAsync: portal } = useMutation(trpc.billing.confirmPortal.mutationOptions());
  const wait = nextAsk(asked);

  const leave = (to: string) => {
    router.replace(to);
    // Also drops what the router keeps of pages that were made under the old plan.
    router.refresh();
  };
  const ask = useRef<() => Promise<void>>(async () => {});
  ask.current = async () => {
    try {
      const { plan, unpaid } =
        returned.from === 'portal' ? await portal() : await checkout({ sessionId: returned.sessionId });
      if (plan || returned.from === 'portal') {
        if (returned.from === 'checkout') toast.success('Thank you. Your new plan is active.');
        leave((await onward?.().catch(() => null)) ?? path);
      } else if (unpaid) leave(endedPath(path, 'cancelled'));
      else setAsked((n) => n + 1);
    } catch (error) {
      const { code } = readAppError(error);
      if (code && FINAL.has(code)) leave(endedPath(path, 'unknown'));
      else setAsked((n) => n + 1);
    }
  };
  useEffect(() => {
    if (asked === 0) {
      // Once, also when React runs effects twice in development.
      if (!began.current) void ask.current();
      began.current = true;
      return;
    }
    if (wait === null) return;
    const timer = setTimeout(() => void ask.current(), wait);
    return () => clearTimeout(timer);
  }, [asked, wait]);

  if (asked === 0)
    return <Alert title={returned.from === 'portal' ? 'Looking for changes' : 'Checking your payment'} />;
  const words = WAITING[returned.from];
  return (
    <Alert
      title={words.title}
      action={
        wait === null ? (
          <Button variant="outline" size="sm" onClick={() => setAsked(1)}>
            Check again
          </Button>
        ) : undefined
      }
    >
      <p>{wait === null ? words.late : words.soon}</p>
    </Alert>
  );
}

/** How the payment ended that a person came back from without a new plan. */
export function EndedReturn({ ended }: { ended: Ended }) {
  const { title, text } = ENDED[ended];
  return (
    <Alert title={title}>
      <p>{text}</p>
    </Alert>
  );
}
