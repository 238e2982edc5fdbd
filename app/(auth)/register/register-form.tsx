'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { PasswordField } from '@/components/account/password-field';
import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { registerAction } from '../actions';

interface Words {
  name: string;
  email: string;
  emailHelp: string;
  password: string;
  terms: string;
  /** The label for accepting the terms, with links to them. */
  accept: ReactNode;
  submit: string;
}

export function RegisterForm({ words }: { words: Words }) {
  const { state, pending, form } = useActionForm(registerAction);
  const [zone, setZone] = useState('');
  useEffect(() => setZone(Intl.DateTimeFormat().resolvedOptions().timeZone), []);
  const { name, email, password, terms } = words;
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={{ name, email, password, terms }} />
      <Field label={name} error={state.fields?.name} required>
        <Input name="name" autoComplete="name" defaultValue={state.values?.name} />
      </Field>
      <Field label={email} help={words.emailHelp} error={state.fields?.email} required>
        <Input
          name="email"
          type="email"
          autoComplete="email"
          inputMode="email"
          maxLength={254}
          defaultValue={state.values?.email}
        />
      </Field>
      <PasswordField label={password} error={state.fields?.password} />
      <Field layout="row" error={state.fields?.terms} required label={words.accept}>
        <input type="checkbox" name="terms" className="size-4 accent-accent" />
      </Field>
      <input type="hidden" name="timeZone" value={zone} />
      <Button type="submit" size="lg" loading={pending}>
        {words.submit}
      </Button>
    </form>
  );
}
