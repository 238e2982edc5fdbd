import type { Metadata } from 'next';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { PlatformGrid } from '@/components/connections/platform-grid';
import { Steps } from '@/components/setup/steps';
import { planHref } from '@/components/setup/upgrade';
import { PlatformsForm } from './platforms-form';

export const metadata: Metadata = { title: 'Connect your platforms' };

export default async function PlatformsPage() {
  const { state } = await loadStep('platforms');
  const connected = state.connections.length;
  return (
    <>
      <Steps current="platforms" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">Connect your platforms</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">
        You sign in at each platform and allow Tributary to post and to read your sales. We never see your
        password, and you can disconnect at any time.
        {state.limits.connections === null
          ? ''
          : ` Your plan has ${state.limits.connections} connected accounts, and you use ${connected}.`}
      </p>
      <PlatformGrid returnTo="/onboarding/platforms" upgradeHref={planHref('platforms')} />
      <PlatformsForm connected={connected} />
    </>
  );
}
