'use client';

import { type ReactNode, startTransition, useActionState } from 'react';
import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { resendAction, verifyAction } from '../actions';

interface Words {
  press: string;
  submit: string;
  /** Label of the link that continues after the confirmation. */
  onward: string;
  resend: string;
  signInForLink: ReactNode;
}

export function VerifyForm({ token, signedIn, words }: { token: string; signedIn: boolean; words: Words }) {
  const { state, pending, form } = useActionForm(verifyAction);
  if (state.done)
    return (
      <div className="grid gap-5">
        <Alert variant="positive" title={state.done} />
        <Button asChild size="lg">
          <a href={signedIn ? '/home' : '/sign-in'}>{words.onward}</a>
        </Button>
      </div>
    );
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} />
      {state.message ? null : <p className="text-muted-foreground">{words.press}</p>}
      <input type="hidden" name="token" value={token} />
      <Button type="submit" size="lg" loading={pending}>
        {words.submit}
      </Button>
      {state.message ? <Resend signedIn={signedIn} words={words} /> : null}
    </form>
  );
}

function Resend({ signedIn, words }: { signedIn: boolean; words: Words }) {
  const [state, send, pending] = useActionState(resendAction, {});
  if (!signedIn) return <p className="text-sm">{words.signInForLink}</p>;
  return (
    <div className="grid gap-3">
      {state.done ? <Alert variant="positive" title={state.done} /> : null}
      {state.message ? <Alert variant="destructive" title={state.message} /> : null}
      <Button variant="outline" loading={pending} onClick={() => startTransition(() => send())}>
        {words.resend}
      </Button>
    </div>
  );
}
