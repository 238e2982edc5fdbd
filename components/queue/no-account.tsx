import { Plug } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

/** Shown in place of a plan while no account that takes posts is connected. */
export function NoAccount() {
  const t = useTranslations('queue.noAccount');
  return (
    <EmptyState
      icon={Plug}
      title={t('title')}
      description={t('description')}
      action={
        <Button asChild variant="outline">
          <Link href="/connections">{t('action')}</Link>
        </Button>
      }
    />
  );
}
