'use client';

import type { ReactNode } from 'react';
import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { forgotAction } from '../actions';

interface Props {
  words: { email: string; submit: string };
  /** Link to the outbox of an installation that does not send e-mail. */
  outbox: ReactNode;
}

export function ForgotForm({ words, outbox }: Props) {
  const { state, pending, form } = useActionForm(forgotAction);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={{ email: words.email }} />
      {state.done ? (
        <Alert variant="positive" title={state.done}>
          {outbox}
        </Alert>
      ) : null}
      <Field label={words.email} error={state.fields?.email} required>
        <Input
          name="email"
          type="email"
          autoComplete="username"
          inputMode="email"
          defaultValue={state.values?.email}
        />
      </Field>
      <Button type="submit" size="lg" loading={pending}>
        {words.submit}
      </Button>
    </form>
  );
}
