'use client';

import { type FormEvent, startTransition, useActionState } from 'react';
import type { FormState } from './form-state';

/**
 * A form that also works before its script has loaded. With the script, what was typed stays in the controls after an answer
 * (React would empty them).
 */
export function useForm(action: (state: FormState, form: FormData) => Promise<FormState>) {
  const [state, run, pending] = useActionState(action, {});
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const data = new FormData(event.currentTarget, submitter);
    startTransition(() => run(data));
  };
  return { state, pending, form: { action: run, onSubmit, noValidate: true } };
}
