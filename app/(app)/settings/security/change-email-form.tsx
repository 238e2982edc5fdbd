'use client';

import { useTranslations } from 'next-intl';
import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { changeEmailAction } from './actions';

/** `again`: a change of address is already pending, and this one replaces it. */
export function ChangeEmailForm({ again }: { again: boolean }) {
  const t = useTranslations('settings.security.email');
  const labels = { email: t('new'), current: t('current') };
  const { state, pending, form } = useActionForm(changeEmailAction);
  return (
    <form {...form} className="grid max-w-md gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={labels} />
      <Field label={labels.email} help={again ? t('again') : undefined} error={state.fields?.email} required>
        <Input
          name="email"
          type="email"
          autoComplete="email"
          inputMode="email"
          maxLength={254}
          defaultValue={state.values?.email}
        />
      </Field>
      <Field label={labels.current} error={state.fields?.current} required>
        <Input name="current" type="password" autoComplete="current-password" />
      </Field>
      <div>
        <Button type="submit" loading={pending}>
          {t('submit')}
        </Button>
      </div>
    </form>
  );
}
