import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { Alert } from '@/components/ui/alert';
import { titled } from '@/components/words/titled';
import { DEMO } from '@/db/seed/demo-account';
import { localPath } from '@/server/domains/accounts/next-path';
import { env } from '@/server/foundation/env';
import { getViewer } from '@/server/trpc/context';
import { SignInForm } from './sign-in-form';

export const generateMetadata = titled('signIn');
export const dynamic = 'force-dynamic';

interface Props {
  searchParams: Promise<{ next?: string | string[]; reset?: string; registered?: string; ended?: string }>;
}

export default async function SignInPage({ searchParams }: Props) {
  const { next: asked, reset, registered, ended } = await searchParams;
  const next = localPath(typeof asked === 'string' ? asked : null);
  if ((await getViewer())?.workspace) redirect(next);
  const t = await getTranslations('auth');
  return (
    <>
      <h1 className="mb-6 font-semibold text-2xl tracking-tight">{t('signIn.title')}</h1>
      <div className="mb-5 grid gap-3 empty:hidden">
        {reset ? (
          <Alert variant="positive" title={t('signIn.reset.title')}>
            <p>{t('signIn.reset.text')}</p>
          </Alert>
        ) : null}
        {ended ? (
          <Alert variant="warning" title={t('signIn.ended.title')}>
            <p>{t('signIn.ended.text')}</p>
          </Alert>
        ) : null}
        {registered ? <Alert variant="positive" title={t('signIn.registered')} /> : null}
        {env().demo ? (
          <Alert title={t('signIn.demo.title')}>
            <p>
              {t.rich('signIn.demo.text', {
                email: () => <code className="whitespace-nowrap font-mono text-xs">{DEMO.email}</code>,
                password: () => <code className="whitespace-nowrap font-mono text-xs">{DEMO.password}</code>,
              })}
            </p>
          </Alert>
        ) : null}
      </div>
      <SignInForm
        next={next}
        words={{
          email: t('email'),
          password: t('password'),
          forgot: t('signIn.forgot'),
          submit: t('signIn.submit'),
        }}
      />
      <p className="mt-6 text-sm">
        {t.rich('signIn.noAccount', {
          link: (chunks) => (
            <a href="/register" className="text-accent underline underline-offset-4">
              {chunks}
            </a>
          ),
        })}
      </p>
    </>
  );
}
