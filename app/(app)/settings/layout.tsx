import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { PageHeader } from '@/components/ui/page-header';
import { SettingsTabs } from './tabs';

export default function SettingsLayout({ children }: { children: ReactNode }) {
  const t = useTranslations('settings');
  return (
    <>
      <PageHeader title={t('title')} className="mb-3!" />
      <SettingsTabs
        label={t('title')}
        words={{ workspace: t('tabs.workspace'), billing: t('tabs.billing'), security: t('tabs.security') }}
      />
      {children}
    </>
  );
}
