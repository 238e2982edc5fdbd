'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import type { ErrorCode } from '@/server/foundation/errors';
import { type Ended, endedPath, nextAsk, type Returned } from './payment-return';

/** Answers that another attempt does not change. */
const FINAL: ReadonlySet<ErrorCode> = new Set(['not_found', 'forbidden', 'unauthenticated', 'invalid']);

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
  const t = useTranslations('billing.payment');
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
        if (returned.from === 'checkout') toast.success(t('done'));
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
    return <Alert title={returned.from === 'portal' ? t('lookingForChanges') : t('checking')} />;
  // Nothing is paid in the customer portal: people change their card or their plan there.
  return (
    <Alert
      title={t(`${returned.from}.title`)}
      action={
        wait === null ? (
          <Button variant="outline" size="sm" onClick={() => setAsked(1)}>
            {t('checkAgain')}
          </Button>
        ) : undefined
      }
    >
      <p>{wait === null ? t(`${returned.from}.late`) : t(`${returned.from}.soon`)}</p>
    </Alert>
  );
}

/** How the payment ended that a person came back from without a new plan. */
export function EndedReturn({ ended }: { ended: Ended }) {
  const t = useTranslations('billing.payment');
  return (
    <Alert title={t(`${ended}.title`)}>
      <p>{t(`${ended}.text`)}</p>
    </Alert>
  );
}
