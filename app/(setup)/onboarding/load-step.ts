import 'server-only';
import { redirect } from 'next/navigation';
import { api } from '@/components/trpc/server';
import { STEPS, type Step } from '@/server/domains/onboarding/schemas';
import { requireViewer } from '@/server/trpc/context';

/** What a page of the set-up needs. A step that is not reached yet leads to the one that is. */
export async function loadStep(step: Step) {
  const viewer = await requireViewer();
  const caller = await api();
  const state = await caller.onboarding.get();
  if (STEPS.indexOf(step) > STEPS.indexOf(state.step)) redirect(`/onboarding/${state.step}`);
  return { viewer, caller, state };
}
