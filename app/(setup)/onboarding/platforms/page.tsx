import { getTranslations } from 'next-intl/server';
import { loadStep } from '@/app/(setup)/onboarding/load-step';
import { PlatformGrid } from '@/components/connections/platform-grid';
import { Steps } from '@/components/setup/steps';
import { planHref } from '@/components/setup/upgrade';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { PlatformsForm } from './platforms-form';

export const generateMetadata = titled('setupPlatforms');

export default async function PlatformsPage() {
  const [{ state }, t] = await Promise.all([loadStep('platforms'), getTranslations('setup.platforms')]);
  const connected = state.connections.length;
  return (
    <>
      <Steps current="platforms" reached={state.step} />
      <h1 className="font-semibold text-2xl tracking-tight">{t('title')}</h1>
      <p className="mt-2 mb-6 max-w-prose text-muted-foreground">
        {t('intro')}
        {state.limits.connections === null
          ? ''
          : ` ${t('room', { limit: state.limits.connections, used: connected })}`}
      </p>
      <ClientWords of={['connections', 'setup']}>
        <PlatformGrid returnTo="/onboarding/platforms" upgradeHref={planHref('platforms')} />
        <PlatformsForm connected={connected} />
      </ClientWords>
    </>
  );
}
