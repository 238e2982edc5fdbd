'use client';

import { startTransition, useActionState } from 'react';
import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { resendAction, verifyAction } from '../actions';

export function VerifyForm({ token, signedIn }: { token: string; signedIn: boolean }) {
  const { state, pending, form } = useActionForm(verifyAction);
  if (state.done)
    return (
      <div className="grid gap-5">
        <Alert variant="positive" title={state.done} />
        <Button asChild size="lg">
          <a href={signedIn ? '/home' : '/sign-in'}>{signedIn ? 'Go on' : 'Sign in'}</a>
        </Button>
      </div>
    );
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} />
      {state.message ? null : (
        <p className="text-muted-foreground">Press the button to confirm that this address is yours.</p>
      )}
      <input type="hidden" name="token" value={token} />
      <Button type="submit" size="lg" loading={pending}>
        Confirm this address
      </Button>
      {state.message ? <Resend signedIn={signedIn} /> : null}
    </form>
  );
}

function Resend({ signedIn }: { signedIn: boolean }) {
  const [state, send, pending] = useActionState(resendAction, {});
  if (!signedIn)
    return (
      <p className="text-sm">
        <a href="/sign-in?next=%2Fsettings%2Fsecurity" className="text-accent underline underline-offset-4">
          Sign in
        </a>{' '}
        to have a new link sent.
      </p>
    );
  return (
    <div className="grid gap-3">
      {state.done ? <Alert variant="positive" title={state.done} /> : null}
      {state.message ? <Alert variant="destructive" title={state.message} /> : null}
      <Button variant="outline" loading={pending} onClick={() => startTransition(() => send())}>
        Send a new link
      </Button>
    </div>
  );
}
