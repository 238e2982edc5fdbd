'use client';

import Link from 'next/link';
import { useForm } from '@/app/_account/use-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { verifyAction } from '../actions';

export function VerifyForm({ token, signedIn }: { token: string; signedIn: boolean }) {
  const { state, pending, form } = useForm(verifyAction);
  if (state.done)
    return (
      <div className="grid gap-5">
        <Alert variant="positive" title={state.done} />
        <Button asChild size="lg">
          <Link href={signedIn ? '/home' : '/sign-in'}>{signedIn ? 'Go on' : 'Sign in'}</Link>
        </Button>
      </div>
    );
  return (
    <form {...form} className="grid gap-5">
      <FormErrors message={state.message} />
      {state.message ? (
        <p className="text-sm">
          You can send a new link from{' '}
          <Link href="/settings/security" className="text-accent underline underline-offset-4">
            Settings, Security
          </Link>
          .
        </p>
      ) : (
        <p className="text-muted-foreground">Press the button to confirm that this address is yours.</p>
      )}
      <input type="hidden" name="token" value={token} />
      <Button type="submit" size="lg" loading={pending}>
        Confirm this address
      </Button>
    </form>
  );
}
