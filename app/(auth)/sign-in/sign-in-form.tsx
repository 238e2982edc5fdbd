'use client';

import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { signInAction } from '../actions';

interface Props {
  next: string;
  words: { email: string; password: string; forgot: string; submit: string };
}

export function SignInForm({ next, words }: Props) {
  const { state, pending, form } = useActionForm(signInAction);
  return (
    <form {...form} className="grid gap-5">
      <FormErrors
        message={state.message}
        fields={state.fields}
        labels={{ email: words.email, password: words.password }}
      />
      <input type="hidden" name="next" value={next} />
      <Field label={words.email} error={state.fields?.email} required>
        <Input
          name="email"
          type="email"
          autoComplete="username"
          inputMode="email"
          defaultValue={state.values?.email}
        />
      </Field>
      <Field
        label={words.password}
        error={state.fields?.password}
        required
        aside={
          <a href="/forgot" className="text-accent text-sm underline underline-offset-4">
            {words.forgot}
          </a>
        }
      >
        <Input name="password" type="password" autoComplete="current-password" />
      </Field>
      <Button type="submit" size="lg" loading={pending}>
        {words.submit}
      </Button>
    </form>
  );
}
