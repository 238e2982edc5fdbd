'use client';

import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { signInAction } from '../actions';

const LABELS = { email: 'E-mail', password: 'Password' };

export function SignInForm({ next }: { next: string }) {
  const { state, pending, form } = useActionForm(signInAction);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={LABELS} />
      <input type="hidden" name="next" value={next} />
      <Field label="E-mail" error={state.fields?.email} required>
        <Input
          name="email"
          type="email"
          autoComplete="username"
          inputMode="email"
          defaultValue={state.values?.email}
        />
      </Field>
      <Field
        label="Password"
        error={state.fields?.password}
        required
        aside={
          <a href="/forgot" className="text-accent text-sm underline underline-offset-4">
            Forgot it?
          </a>
        }
      >
        <Input name="password" type="password" autoComplete="current-password" />
      </Field>
      <Button type="submit" size="lg" loading={pending}>
        Sign in
      </Button>
    </form>
  );
}
