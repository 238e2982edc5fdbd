'use client';

import { useEffect, useState } from 'react';
import { PasswordField } from '@/components/account/password-field';
import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { registerAction } from '../actions';

const LABELS = { name: 'Your name', email: 'E-mail', password: 'Password', terms: 'Terms' };

export function RegisterForm() {
  const { state, pending, form } = useActionForm(registerAction);
  const [zone, setZone] = useState('');
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={LABELS} />
      <Field label="Your name" error={state.fields?.name} required>
        <Input name="name" autoComplete="name" maxLength={80} defaultValue={state.values?.name} />
      </Field>
      <Field
        label="E-mail"
        help="We send a link there to confirm that it is yours."
        error={state.fields?.email}
        required
      >
        <Input
          name="email"
          type="email"
          autoComplete="email"
          inputMode="email"
          maxLength={254}
          defaultValue={state.values?.email}
        />
      </Field>
      <PasswordField error={state.fields?.password} />
      <Field
        layout="row"
        error={state.fields?.terms}
        required
        label={
          <>
            I accept the{' '}
            <a href="/terms" target="_blank" className="underline underline-offset-4" rel="noopener">
              terms
            </a>{' '}
            and have read the{' '}
            <a href="/privacy" target="_blank" className="underline underline-offset-4" rel="noopener">
              privacy page
            </a>
          </>
        }
      >
        <input type="checkbox" name="terms" className="size-4 accent-accent" />
      </Field>
      <input type="hidden" name="timeZone" value={zone} />
      <Button type="submit" size="lg" loading={pending}>
        Create account
      </Button>
    </form>
  );
}
