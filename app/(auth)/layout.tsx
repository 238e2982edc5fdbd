import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Logo } from '@/components/shell/logo';

/**
 * Layout of the pages before sign-in: the name, one narrow column and the small print. Their links are plain ones because each page is a
 * short stop that loads faster without the code for client-side navigation.
 */
export default function AuthLayout({ children }: { children: ReactNode }) {
  const t = useTranslations('auth');
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="px-4 py-5 sm:px-8">
        <a href="/" className="inline-flex min-h-6 items-center rounded-md">
          <Logo />
        </a>
      </header>
      <main id="main" className="mx-auto w-full max-w-md flex-1 px-4 pt-4 pb-12 sm:pt-10">
        {children}
      </main>
      <footer className="flex gap-4 px-4 py-5 text-muted-foreground text-sm sm:px-8">
        <a href="/terms" className="underline-offset-4 hover:underline">
          {t('terms')}
        </a>
        <a href="/privacy" className="underline-offset-4 hover:underline">
          {t('privacy')}
        </a>
      </footer>
    </div>
  );
}
