import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Alert } from '@/components/ui/alert';

/** Explains whose e-mails are shown and why they are here. */
export function WhatThisIs({ own }: { own: boolean }) {
  const t = useTranslations(own ? 'outbox.own' : 'outbox.all');
  return (
    <Alert className="mt-3 mb-6" title={t('title')}>
      <p>{t('text')}</p>
    </Alert>
  );
}

/** Shown to a user who may read nothing here: explains why, and what to do. */
export function NotForYou() {
  const t = useTranslations('outbox.nobody');
  return (
    <div className="mt-3 grid max-w-prose gap-4">
      <p>{t('text')}</p>
      <ul className="grid list-disc gap-2 pl-5">
        <li>
          {t.rich('signIn', {
            link: (chunks) => (
              <Link href="/sign-in?next=/outbox" className="underline underline-offset-4">
                {chunks}
              </Link>
            ),
          })}
        </li>
        <li>{t('atTheMachine')}</li>
        <li>{t('operator')}</li>
      </ul>
    </div>
  );
}
