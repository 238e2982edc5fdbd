import type { Metadata } from 'next';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { AutomationForm } from '@/components/setup/automation-form';
import { platformNames, topicNames } from '@/components/setup/names';
import { Steps } from '@/components/setup/steps';
import { allTimeZones } from '@/server/domains/workspaces/time-zones';

export const metadata: Metadata = { title: 'When to post' };

export default async function AutomationPage() {
  const { state } = await loadStep('automation');
  return (
    <>
      <Steps current="automation" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">When to post</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">
        These are suggestions to start from. You can change all of them later in the settings.
      </p>
      <AutomationForm
        initial={state.automation}
        limit={state.limits.postsPerDay}
        zones={allTimeZones()}
        topicNames={topicNames()}
        platformNames={platformNames()}
        next="/onboarding/done"
        detectZone={state.step !== 'done'}
      />
    </>
  );
}
