import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Logo } from '@/components/shell/logo';
import { ThemeSwitch } from '@/components/shell/theme-switch';
import { Button } from '@/components/ui/button';

const nav =
  'rounded-md px-2 py-1 text-muted-foreground text-sm transition-colors duration-150 hover:text-foreground';

/** Layout of the public pages, which are identical for all readers of a language. Their texts are rendered on the server. */
export default function MarketingLayout({ children }: { children: ReactNode }) {
  const t = useTranslations('marketing.nav');
  return (
    <div className="flex min-h-dvh flex-col text-base">
      <header className="sticky top-0 z-30 border-border border-b bg-background">
        <div className="mx-auto flex h-16 max-w-6xl items-center gap-2 px-4 sm:gap-4 sm:px-6">
          <Link href="/" className="mr-auto rounded-md">
            <Logo />
          </Link>
          <nav aria-label={t('main')} className="flex items-center gap-1 sm:gap-2">
            <Link href="/pricing" className={nav}>
              {t('pricing')}
            </Link>
            <Link href="/sign-in" className={nav} prefetch={false}>
              {t('signIn')}
            </Link>
          </nav>
          <Button asChild className="max-sm:hidden">
            <Link href="/register" prefetch={false}>
              {t('register')}
            </Link>
          </Button>
        </div>
      </header>
      <main id="main" tabIndex={-1} className="flex-1 outline-none">
        {children}
      </main>
      <footer className="border-border border-t">
        <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-8 gap-y-4 px-4 py-8 text-sm sm:px-6">
          <Logo className="text-sm" />
          <nav aria-label={t('footer')} className="-mx-2 flex flex-wrap gap-x-2 gap-y-1">
            <Link href="/pricing" className={nav}>
              {t('pricing')}
            </Link>
            <Link href="/#self-hosting" className={nav}>
              {t('selfHosting')}
            </Link>
            <Link href="/terms" className={nav}>
              {t('terms')}
            </Link>
            <Link href="/privacy" className={nav}>
              {t('privacy')}
            </Link>
          </nav>
          <ThemeSwitch />
        </div>
      </footer>
    </div>
  );
}
