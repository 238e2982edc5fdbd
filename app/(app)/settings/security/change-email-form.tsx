'use client';

import { useActionForm } from '@/components/account/use-action-form';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { changeEmailAction } from './actions';

const LABELS = { email: 'New e-mail address', current: 'Current password' };

/** `again`: a change to some address is under way already, and this one takes its place. */
export function ChangeEmailForm({ again }: { again: boolean }) {
  const { state, pending, form } = useActionForm(changeEmailAction);
  return (
    <form {...form} className="grid max-w-md gap-5">
      <FormErrors message={state.message} fields={state.fields} labels={LABELS} />
      <Field
        label={LABELS.email}
        help={again ? 'It takes the place of the one that waits.' : undefined}
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
      <Field label={LABELS.current} error={state.fields?.current} required>
        <Input name="current" type="password" autoComplete="current-password" />
      </Field>
      <div>
        <Button type="submit" loading={pending}>
          Send a link to the new address
        </Button>
      </div>
    </form>
  );
}
