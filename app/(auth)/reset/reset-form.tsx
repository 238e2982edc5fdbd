'use client';

import { PasswordField } from '@/components/account/password-field';
import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { resetAction } from '../actions';

export function ResetForm({ token }: { token: string }) {
  const { state, pending, form } = useActionForm(resetAction);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={{ password: 'New password' }} />
      <input type="hidden" name="token" value={token} />
      <PasswordField label="New password" error={state.fields?.password} />
      <Button type="submit" size="lg" loading={pending}>
        Set the password
      </Button>
    </form>
  );
}
