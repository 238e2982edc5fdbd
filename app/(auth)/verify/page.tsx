import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { titled } from '@/components/words/titled';
import { getViewer } from '@/server/trpc/context';
import { VerifyForm } from './verify-form';

export const generateMetadata = async (): Promise<Metadata> => ({
  ...(await titled('verify')()),
  referrer: 'no-referrer',
});
export const dynamic = 'force-dynamic';

/** Opening the link changes nothing, because mail clients prefetch links; the user confirms with a button. */
export default async function VerifyPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const [{ token }, viewer, t] = await Promise.all([
    searchParams,
    getViewer(),
    getTranslations('auth.verify'),
  ]);
  return (
    <>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">{t('title')}</h1>
      <VerifyForm
        token={typeof token === 'string' ? token : ''}
        signedIn={viewer !== null}
        words={{
          press: t('press'),
          submit: t('submit'),
          onward: viewer ? t('goOn') : t('signIn'),
          resend: t('resend'),
          signInForLink: t.rich('signInForLink', {
            link: (chunks) => (
              <a
                href="/sign-in?next=%2Fsettings%2Fsecurity"
                className="text-accent underline underline-offset-4"
              >
                {chunks}
              </a>
            ),
          }),
        }}
      />
    </>
  );
}
