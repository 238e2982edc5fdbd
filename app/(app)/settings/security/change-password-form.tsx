'use client';

import { useTranslations } from 'next-intl';
import { PasswordField } from '@/components/account/password-field';
import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { changePasswordAction } from './actions';

export function ChangePasswordForm({ email }: { email: string }) {
  const t = useTranslations('settings.security.password');
  const labels = { current: t('current'), password: t('new') };
  const { state, pending, form } = useActionForm(changePasswordAction);
  return (
    <form {...form} className="grid max-w-md gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={labels} />
      {state.done ? <Alert variant="positive" title={state.done} /> : null}
      {/* Tells password managers which account the password belongs to. */}
      <input type="hidden" name="username" autoComplete="username" value={email} readOnly />
      <Field label={labels.current} error={state.fields?.current} required>
        <Input name="current" type="password" autoComplete="current-password" />
      </Field>
      <PasswordField label={labels.password} error={state.fields?.password} />
      <div>
        <Button type="submit" loading={pending}>
          {t('submit')}
        </Button>
      </div>
    </form>
  );
}
