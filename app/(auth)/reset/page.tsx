import type { Metadata } from 'next';
import { Alert } from '@/components/ui/alert';
import { getDb } from '@/db/client';
import { resetTokenWorks } from '@/server/domains/accounts/reset-password';
import { systemClock } from '@/server/foundation/clock';
import { ResetForm } from './reset-form';

// The address holds a secret: it may not travel on in a Referer header.
export const metadata: Metadata = { title: 'Set a new password', referrer: 'no-referrer' };
export const dynamic = 'force-dynamic';

export default async function ResetPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  const works =
    typeof token === 'string' && (await resetTokenWorks({ db: await getDb(), clock: systemClock }, token));
  return (
    <>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">Set a new password</h1>
      {works ? (
        <ResetForm token={token} />
      ) : (
        <div className="grid gap-5">
          <Alert variant="warning" title="This link no longer works">
            <p>It was already used, or it is older than an hour.</p>
          </Alert>
          <p className="text-sm">
            <a href="/forgot" className="text-accent underline underline-offset-4">
              Ask for a new link
            </a>
          </p>
        </div>
      )}
    </>
  );
}
