'use client';

import { useMutation } from '@tanstack/react-query';
import { ConfirmReturn } from '@/components/billing/confirm-return';
import type { Returned } from '@/components/billing/payment-return';
import { type Offering, planHref } from '@/components/setup/upgrade';
import { useTRPC } from '@/components/trpc/client';

/** The payment page was left: once the payment is through, the plan is chosen and the set-up goes on where the person was. */
export function Paid({ returned, from }: { returned: Returned; from: Offering | null }) {
  const trpc = useTRPC();
  const { mutateAsync: complete } = useMutation(trpc.onboarding.completeStep.mutationOptions());
  const onward = async () => {
    const { step } = await complete({ step: 'plan' });
    return `/onboarding/${from ?? step}`;
  };
  return <ConfirmReturn returned={returned} path={planHref(from)} onward={onward} />;
}
