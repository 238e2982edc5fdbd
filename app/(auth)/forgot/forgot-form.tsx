'use client';

import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { forgotAction } from '../actions';
import { OutboxHint } from '../outbox-hint';

export function ForgotForm({ outbox }: { outbox: 'readable' | 'elsewhere' | 'none' }) {
  const { state, pending, form } = useActionForm(forgotAction);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={{ email: 'E-mail' }} />
      {state.done ? (
        <Alert variant="positive" title={state.done}>
          <OutboxHint outbox={outbox} what="the link" />
        </Alert>
      ) : null}
      <Field label="E-mail" error={state.fields?.email} required>
        <Input
          name="email"
          type="email"
          autoComplete="username"
          inputMode="email"
          defaultValue={state.values?.email}
        />
      </Field>
      <Button type="submit" size="lg" loading={pending}>
        Send the link
      </Button>
    </form>
  );
}
