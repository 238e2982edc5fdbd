'use client';

import { type FormEvent, startTransition, useActionState, useEffect, useRef } from 'react';
import type { FormState } from './form-state';

/** Controls with secrets: passwords, also while they are revealed, and codes. */
const SECRET = ['current-password', 'new-password', 'one-time-code']
  .map((kind) => `[autocomplete="${kind}"]`)
  .join();

/**
 * A form that also works before its script has loaded. With the script, the controls keep their values after a response (React would clear
 * them); only a form with a secret is cleared on success.
 */
export function useActionForm(action: (state: FormState, form: FormData) => Promise<FormState>) {
  const [state, run, pending] = useActionState(action, {});
  const ref = useRef<HTMLFormElement>(null);
  useEffect(() => {
    if (state.done && ref.current?.querySelector(SECRET)) ref.current.reset();
  }, [state]);
  const onSubmit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pending) return;
    const submitter = (event.nativeEvent as SubmitEvent).submitter;
    const data = new FormData(event.currentTarget, submitter);
    startTransition(() => run(data));
  };
  return { state, pending, form: { ref, action: run, onSubmit, noValidate: true } };
}
