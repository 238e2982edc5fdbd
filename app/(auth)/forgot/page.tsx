import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { outboxExists, outboxReader } from '@/server/domains/emails/outbox-reader';
import { ForgotForm } from './forgot-form';

export const metadata: Metadata = { title: 'Set a new password' };
export const dynamic = 'force-dynamic';

export default async function ForgotPage() {
  const readable = outboxReader(await headers(), null).kind === 'all';
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">Set a new password</h1>
      <p className="mt-2 mb-6 text-muted-foreground">
        Write the address of your account. We send a link there.
      </p>
      <ForgotForm outbox={readable ? 'readable' : outboxExists() ? 'elsewhere' : 'none'} />
      <p className="mt-6 text-sm">
        <a href="/sign-in" className="text-accent underline underline-offset-4">
          Back to sign in
        </a>
      </p>
    </>
  );
}
