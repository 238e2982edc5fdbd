'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { useGone } from '@/components/shell/use-gone';
import { readAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { toast } from '@/components/ui/toast';
import type { ResponseCode } from '@/server/foundation/errors';
import { type Ended, nextPollDelay, outcomePath, type Returned } from './payment-return';

/** Errors that a retry does not change. */
const FINAL: ReadonlySet<ResponseCode> = new Set(['not_found', 'forbidden', 'unauthenticated', 'invalid']);

/**
 * Shown when the user returns from the payment page: applies the purchase, then shows the page without the session in its URL. Polls until
 * Stripe has finished.
 */
export function ConfirmReturn({
  returned,
  path,
  onward,
}: {
  returned: Returned;
  path: string;
  /** Returns the page to continue on with the new plan. Without it, the page that the payment started from is shown again. */
  onward?: () => Promise<string>;
}) {
  const t = useTranslations('billing.payment');
  const trpc = useTRPC();
  const router = useRouter();
  const gone = useGone();
  const began = useRef(false);
  const [asked, setAsked] = useState(0);
  const { mutateAsync: checkout } = useMutation(trpc.billing.confirm.mutationOptions());
  const { mutateAsync: portal } = useMutation(trpc.billing.confirmPortal.mutationOptions());
  const wait = nextPollDelay(asked);

  const leave = (to: string) => {
    if (!gone()) router.replace(to);
    // Also drops the router's cache of pages rendered under the old plan.
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
      } else if (unpaid) leave(outcomePath(path, 'cancelled'));
      else setAsked((n) => n + 1);
    } catch (error) {
      const { code } = readAppError(error);
      if (code && FINAL.has(code)) leave(outcomePath(path, 'unknown'));
      else setAsked((n) => n + 1);
    }
  };
  useEffect(() => {
    if (asked === 0) {
      // Only once, although React runs effects twice in development.
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
  // The customer portal has its own texts, because users pay nothing there; they change their card or plan.
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

/** Shows how the payment ended if the user returned without a new plan. */
export function EndedReturn({ ended }: { ended: Ended }) {
  const t = useTranslations('billing.payment');
  return (
    <Alert title={t(`${ended}.title`)}>
      <p>{t(`${ended}.text`)}</p>
    </Alert>
  );
}
