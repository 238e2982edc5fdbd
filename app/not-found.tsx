import { useTranslations } from 'next-intl';
import { Logo } from '@/components/shell/logo';
import { buttonVariants } from '@/components/ui/button-looks';
import { titled } from '@/components/words/titled';

export const generateMetadata = titled('notFound');

/** Plain links and no client code, because every page of the app loads this component too. */
export default function NotFound() {
  const t = useTranslations('frame.noPage');
  return (
    <main id="main" className="mx-auto grid min-h-dvh max-w-md content-center justify-items-start gap-3 px-6">
      <a href="/" className="mb-4 rounded-md">
        <Logo />
      </a>
      <h1 className="font-semibold text-2xl tracking-tight">{t('title')}</h1>
      <p className="text-muted-foreground">{t('description')}</p>
      <div className="mt-3 flex flex-wrap gap-2">
        <a href="/" className={buttonVariants()}>
          {t('start')}
        </a>
        <a href="/home" className={buttonVariants({ variant: 'outline' })}>
          {t('app')}
        </a>
      </div>
    </main>
  );
}
