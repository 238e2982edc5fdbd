import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Alert } from '@/components/ui/alert';
import { titled } from '@/components/words/titled';
import { checkResetLink } from '@/server/domains/accounts/reset-password';
import { ctxForVisitor } from '@/server/trpc/context';
import { ResetForm } from './reset-form';

export const generateMetadata = async (): Promise<Metadata> => ({
  ...(await titled('reset')()),
  // The URL contains a secret, which must not leak in a Referer header.
  referrer: 'no-referrer',
});
export const dynamic = 'force-dynamic';

export default async function ResetPage({
  searchParams,
}: {
  searchParams: Promise<{ token?: string | string[] }>;
}) {
  const [{ token }, t] = await Promise.all([searchParams, getTranslations('auth')]);
  const asked = checkResetLink.input.safeParse({ token });
  const link = asked.success ? asked.data : null;
  const works = link !== null && (await checkResetLink(await ctxForVisitor(), link)).works;
  return (
    <>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">{t('reset.title')}</h1>
      {works ? (
        <ResetForm token={link.token} words={{ password: t('newPassword'), submit: t('reset.submit') }} />
      ) : (
        <div className="grid gap-5">
          <Alert variant="warning" title={t('reset.over.title')}>
            <p>{t('reset.over.text')}</p>
          </Alert>
          <p className="text-sm">
            <a href="/forgot" className="text-accent underline underline-offset-4">
              {t('reset.over.again')}
            </a>
          </p>
        </div>
      )}
    </>
  );
}
