import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { titled } from '@/components/words/titled';
import { getViewer } from '@/server/trpc/context';
import { RegisterForm } from './register-form';

export const generateMetadata = titled('register');
export const dynamic = 'force-dynamic';

export default async function RegisterPage() {
  if ((await getViewer())?.workspace) redirect('/home');
  const t = await getTranslations('auth');
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">{t('register.title')}</h1>
      <p className="mt-2 mb-6 text-muted-foreground">{t('register.intro')}</p>
      <RegisterForm
        words={{
          name: t('register.name'),
          email: t('email'),
          emailHelp: t('register.emailHelp'),
          password: t('password'),
          terms: t('terms'),
          accept: t.rich('register.accept', {
            terms: (chunks) => (
              <a href="/terms" target="_blank" className="underline underline-offset-4" rel="noopener">
                {chunks}
              </a>
            ),
            privacy: (chunks) => (
              <a href="/privacy" target="_blank" className="underline underline-offset-4" rel="noopener">
                {chunks}
              </a>
            ),
          }),
          submit: t('register.submit'),
        }}
      />
      <p className="mt-6 text-sm">
        {t.rich('register.haveAccount', {
          link: (chunks) => (
            <a href="/sign-in" className="text-accent underline underline-offset-4">
              {chunks}
            </a>
          ),
        })}
      </p>
    </>
  );
}
