import { getTranslations } from 'next-intl/server';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { Steps } from '@/components/setup/steps';
import { TopicsForm } from '@/components/setup/topics-form';
import { planHref } from '@/components/setup/upgrade';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';

export const generateMetadata = titled('setupTopics');

export default async function TopicsPage() {
  const { caller, state } = await loadStep('topics');
  const [topics, t] = await Promise.all([caller.topics.list(), getTranslations('setup.topics')]);
  return (
    <>
      <Steps current="topics" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">{t('title')}</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">{t('intro')}</p>
      <ClientWords of={['setup']}>
        <TopicsForm initial={topics} next="/onboarding/automation" upgradeHref={planHref('topics')} />
      </ClientWords>
    </>
  );
}
