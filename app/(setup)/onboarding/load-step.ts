import 'server-only';
import { redirect } from 'next/navigation';
import { api } from '@/components/trpc/server';
import { STEPS, type Step } from '@/server/domains/onboarding/schemas';
import { requireViewer } from '@/server/trpc/context';

/** Loads what a set-up page needs. Redirects from a step that is not reached yet to the current one. */
export async function loadStep(step: Step) {
  const viewer = await requireViewer();
  const caller = await api();
  const state = await caller.onboarding.get();
  if (STEPS.indexOf(step) > STEPS.indexOf(state.step)) redirect(`/onboarding/${state.step}`);
  return { viewer, caller, state };
}
