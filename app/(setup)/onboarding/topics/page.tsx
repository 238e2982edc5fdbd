import type { Metadata } from 'next';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { Steps } from '@/components/setup/steps';
import { TopicsForm } from '@/components/setup/topics-form';
import { planHref } from '@/components/setup/upgrade';

export const metadata: Metadata = { title: 'Choose your topics' };

export default async function TopicsPage() {
  const { caller, state } = await loadStep('topics');
  const topics = await caller.topics.list();
  return (
    <>
      <Steps current="topics" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">Choose your topics</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">
        A topic has an audience and a tone; drafts are written for them. Look at a preview before you choose.
      </p>
      <TopicsForm initial={topics} next="/onboarding/automation" upgradeHref={planHref('topics')} />
    </>
  );
}
