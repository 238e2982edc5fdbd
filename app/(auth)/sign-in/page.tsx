import type { Metadata } from 'next';
import { redirect } from 'next/navigation';
import { Alert } from '@/components/ui/alert';
import { DEMO } from '@/db/seed/demo-account';
import { localPath } from '@/server/domains/accounts/next-path';
import { env } from '@/server/foundation/env';
import { getViewer } from '@/server/trpc/context';
import { SignInForm } from './sign-in-form';

export const metadata: Metadata = { title: 'Sign in' };
export const dynamic = 'force-dynamic';

interface Props {
  searchParams: Promise<{ next?: string | string[]; reset?: string; registered?: string; ended?: string }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { next: asked, reset, registered, ended } = await searchParams;
  const next = localPath(typeof asked === 'string' ? asked : null);
  if ((await getViewer())?.workspace) redirect(next);
  return (
    <>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">Sign in</h1>
      <div className="mb-5 grid gap-3 empty:hidden">
        {reset ? (
          <Alert variant="positive" title="The new password is set">
            <p>You were signed out everywhere. Sign in with the new password.</p>
          </Alert>
        ) : null}
        {ended ? (
          <Alert variant="warning" title="This sign-in has run out">
            <p>A code works for a quarter of an hour. Sign in again to get a new one.</p>
          </Alert>
        ) : null}
        {registered ? <Alert variant="positive" title="Your account is ready. Sign in to go on." /> : null}
        {env().demo ? (
          <Alert title="This installation has a demo account">
            <p>
              E-mail <code className="whitespace-nowrap font-mono text-xs">{DEMO.email}</code>, password{' '}
              <code className="whitespace-nowrap font-mono text-xs">{DEMO.password}</code>
            </p>
          </Alert>
        ) : null}
      </div>
      <SignInForm next={next} />
      <p className="mt-6 text-sm">
        You have no account yet?{' '}
        <a href="/register" className="text-accent underline underline-offset-4">
          Create one
        </a>
      </p>
    </>
  );
}
