import { redirect } from 'next/navigation';
import { loadStep } from './load-step';

export default async function OnboardingPage() {
  const { state } = await loadStep('plan');
  redirect(`/onboarding/${state.step}`);
}
