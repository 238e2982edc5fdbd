'use client';

import { useMutation } from '@tanstack/react-query';
import { ConfirmReturn } from '@/components/billing/confirm-return';
import type { Returned } from '@/components/billing/payment-return';
import { type Offering, planHref } from '@/components/setup/upgrade';
import { useTRPC } from '@/components/trpc/client';

/** Shown after the payment page: once the payment is confirmed, selects the plan and continues the set-up where the user left it. */
export function Paid({ returned, from }: { returned: Returned; from: Offering | null }) {
  const trpc = useTRPC();
  const { mutateAsync: complete } = useMutation(trpc.onboarding.completeStep.mutationOptions());
  const onward = async () => {
    const { step } = await complete({ step: 'plan' });
    return `/onboarding/${from ?? step}`;
  };
  return <ConfirmReturn returned={returned} path={planHref(from)} onward={onward} />;
}
