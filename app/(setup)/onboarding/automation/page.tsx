import { getTranslations } from 'next-intl/server';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { AutomationForm } from '@/components/setup/automation-form';
import { platformNames, topicNames } from '@/components/setup/names';
import { Steps } from '@/components/setup/steps';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { allTimeZones } from '@/server/foundation/zones/time-zones';

export const generateMetadata = titled('setupAutomation');

export default async function AutomationPage() {
  const [{ state }, t] = await Promise.all([loadStep('automation'), getTranslations('setup.automation')]);
  return (
    <>
      <Steps current="automation" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">{t('title')}</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">{t('intro')}</p>
      <ClientWords of={['setup']}>
        <AutomationForm
          initial={state.automation}
          limit={state.limits.postsPerDay}
          zones={allTimeZones()}
          topicNames={await topicNames()}
          platformNames={platformNames()}
          next="/onboarding/done"
          detectZone={state.step !== 'done'}
        />
      </ClientWords>
    </>
  );
}
