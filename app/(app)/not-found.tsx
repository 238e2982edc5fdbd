import { SearchX } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';

export default function NotFound() {
  const t = useTranslations('frame.noThing');
  return (
    <>
      <h1 className="sr-only">{t('heading')}</h1>
      <EmptyState
        icon={SearchX}
        title={t('title')}
        description={t('description')}
        action={
          <Button asChild variant="outline">
            <Link href="/home">{t('home')}</Link>
          </Button>
        }
      />
    </>
  );
}
