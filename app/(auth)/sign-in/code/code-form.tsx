'use client';

import { type ReactNode, startTransition, useActionState, useEffect, useState } from 'react';
import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { enterCodeAction, type ResendState, resendCodeAction } from '../../actions';

interface Props {
  next: string;
  /** When a new code can be requested, and the server's current time; both in milliseconds since 1970. */
  resendAt: number;
  now: number;
  /** How many more codes can be sent for this sign-in. */
  resends: number;
  /** Link to the outbox of an installation that does not send e-mail; null where e-mail is sent. */
  outbox: ReactNode;
  words: {
    label: string;
    help: string;
    submit: string;
    where: string;
    resend: string;
    /** Contains `{seconds}` as the placeholder for the seconds. */
    resendIn: string;
  };
}

/** The field for the code, with a button to resend it. Works before its script has loaded. */
export function CodeForm({ next, resendAt, now, resends, outbox, words }: Props) {
  const { state, pending, form } = useActionForm(enterCodeAction);
  const [sent, resend, sending] = useActionState<ResendState>(resendCodeAction, { resendAt, left: resends });
  const wait = useSecondsUntil(sent.resendAt, now);
  return (
    <div className="grid gap-5">
      <form {...form} className="grid gap-5">
        <FormErrors message={state.message} fields={state.fields} labels={{ code: words.label }} />
        <input type="hidden" name="next" value={next} />
        <Field label={words.label} help={words.help} error={state.fields?.code} required>
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
          {words.submit}
        </Button>
      </form>
      {outbox ? <Alert title={words.where}>{outbox}</Alert> : null}
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
            {wait > 0 ? words.resendIn.replace('{seconds}', String(wait)) : words.resend}
          </Button>
        </form>
      ) : null}
    </div>
  );
}

/** Whole seconds until `then`. Counts from the server's time with the browser's monotonic clock, because its wall clock may be wrong. */
function useSecondsUntil(then: number, now: number): number {
  const [elapsed, setElapsed] = useState(0);
  useEffect(() => {
    const start = performance.now();
    const timer = setInterval(() => setElapsed(performance.now() - start), 500);
    return () => clearInterval(timer);
  }, []);
  return Math.max(0, Math.ceil((then - now - elapsed) / 1000));
}
