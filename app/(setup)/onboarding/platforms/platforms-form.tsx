'use client';

import { useTranslations } from 'next-intl';
import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { platformsAction } from '../actions';

export function PlatformsForm({ connected }: { connected: number }) {
  const t = useTranslations('setup');
  const { state, pending, form } = useActionForm(platformsAction);
  return (
    <form {...form} className="mt-8 grid gap-4">
      <FormErrors message={state.message} />
      <div>
        <Button type="submit" size="lg" variant={connected > 0 ? 'default' : 'outline'} loading={pending}>
          {connected > 0 ? t('continue') : t('platforms.later')}
        </Button>
      </div>
    </form>
  );
}
