'use client';

import { startTransition, useActionState, useEffect, useState } from 'react';
import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { enterCodeAction, type ResendState, resendCodeAction } from '../../actions';
import { OutboxHint } from '../../outbox-hint';

interface Props {
  next: string;
  /** When a new code can be asked for, and what time it is: milliseconds since 1970. */
  resendAt: number;
  now: number;
  /** How many more codes this sign-in can have sent. */
  resends: number;
  outbox: 'readable' | 'elsewhere' | 'none';
}

/** One field for the code, and a way to have it sent again. Works before its script has loaded. */
export function CodeForm({ next, resendAt, now, resends, outbox }: Props) {
  const { state, pending, form } = useActionForm(enterCodeAction);
  const [sent, resend, sending] = useActionState<ResendState>(resendCodeAction, { resendAt, left: resends });
  const wait = useSecondsUntil(sent.resendAt, now);
  return (
    <div className="grid gap-5">
      <form {...form} className="grid gap-5">
        <FormErrors message={state.message} fields={state.fields} labels={{ code: 'Code' }} />
        <input type="hidden" name="next" value={next} />
        <Field label="Code" help="Eight digits, from the newest e-mail." error={state.fields?.code} required>
          <Input
            name="code"
            autoComplete="one-time-code"
            inputMode="numeric"
            maxLength={20}
            autoFocus
            spellCheck={false}
            className="font-mono tabular-nums tracking-widest"
          />
        </Field>
        <Button type="submit" size="lg" loading={pending}>
          Sign in
        </Button>
      </form>
      {outbox === 'none' ? null : (
        <Alert title="Where the e-mail is">
          <OutboxHint outbox={outbox} what="the code" />
        </Alert>
      )}
      {sent.done ? <Alert variant="positive" title={sent.done} /> : null}
      {sent.message ? <Alert variant="warning" title={sent.message} /> : null}
      {sent.left > 0 ? (
        <form
          action={resend}
          onSubmit={(event) => {
            event.preventDefault();
            if (!sending && wait === 0) startTransition(() => resend());
          }}
        >
          <Button type="submit" variant="outline" loading={sending} disabled={wait > 0} className="w-full">
            {wait > 0 ? `Send a new code (in ${wait} s)` : 'Send a new code'}
          </Button>
        </form>
      ) : null}
    </div>
  );
}

/** Whole seconds until then, by this browser's stopwatch: its clock may be wrong, so the server's time comes along. */
function useSecondsUntil(then: number, now: number): number {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    const start = performance.now();
    const timer = setInterval(() => setElapsed(performance.now() - start), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((then - now - elapsed) / 1000));
}
