'use client';

import { PasswordField } from '@/components/account/password-field';
import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { resetAction } from '../actions';

interface Props {
  token: string;
  words: { password: string; submit: string };
}

export function ResetForm({ token, words }: Props) {
  const { state, pending, form } = useActionForm(resetAction);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={{ password: words.password }} />
      <input type="hidden" name="token" value={token} />
      <PasswordField label={words.password} error={state.fields?.password} />
      <Button type="submit" size="lg" loading={pending}>
        {words.submit}
      </Button>
    </form>
  );
}
