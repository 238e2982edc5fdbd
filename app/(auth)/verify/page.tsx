import type { Metadata } from 'next';
import { getViewer } from '@/server/trpc/context';
import { VerifyForm } from './verify-form';

export const metadata: Metadata = { title: 'Confirm your e-mail address', referrer: 'no-referrer' };
export const dynamic = 'force-dynamic';

/** Opening the link changes nothing: mail programs open links by themselves, so the person confirms with a button. */
export default async function VerifyPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const { token } = await searchParams;
  const viewer = await getViewer();
  return (
    <>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">Confirm your e-mail address</h1>
      <VerifyForm token={typeof token === 'string' ? token : ''} signedIn={viewer !== null} />
    </>
  );
}
