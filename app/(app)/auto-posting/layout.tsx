import { PenLine } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { AutoPostingTabs } from './tabs';

export default function AutoPostingLayout({ children }: { children: ReactNode }) {
  const t = useTranslations('queue');
  return (
    <>
      <PageHeader
        title={t('page.title')}
        description={t('page.description')}
        className="mb-3!"
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden /> {t('page.compose')}
            </Link>
          </Button>
        }
      />
      <AutoPostingTabs
        label={t('page.title')}
        tabs={[
          { href: '/auto-posting', label: t('tabs.queue') },
          { href: '/auto-posting/slots', label: t('tabs.slots') },
          { href: '/auto-posting/repeats', label: t('tabs.repeats') },
          { href: '/auto-posting/evergreen', label: t('tabs.evergreen') },
          { href: '/auto-posting/follow-ups', label: t('tabs.followUps') },
        ]}
      />
      {children}
    </>
  );
}
