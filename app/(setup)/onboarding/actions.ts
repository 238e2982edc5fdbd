'use server';

import { redirect } from 'next/navigation';
import { type FormState, failed, formWords, textOf } from '@/components/account/form-state';
import { cameFrom, planHref } from '@/components/setup/upgrade';
import { api } from '@/components/trpc/server';

/**
 * Selects a plan. The current plan continues to the step that the user came from; a paid plan leads to the payment page and then back here.
 */
export async function planAction(_: FormState, form: FormData): Promise<FormState> {
  const plan = textOf(form, 'plan');
  const from = cameFrom(textOf(form, 'from'));
  let target = `/onboarding/${from ?? 'platforms'}`;
  try {
    const caller = await api();
    if (plan === 'pro' || plan === 'agency')
      target = (await caller.billing.checkout({ plan, returnTo: planHref(from) })).url;
    else await caller.onboarding.completeStep({ step: 'plan' });
  } catch (error) {
    return failed(error, await formWords());
  }
  redirect(target);
}

export async function platformsAction(_: FormState): Promise<FormState> {
  try {
    await (await api()).onboarding.completeStep({ step: 'platforms' });
  } catch (error) {
    return failed(error, await formWords());
  }
  redirect('/onboarding/topics');
}
