import { useTranslations } from 'next-intl';

/** Where an installation that sends no e-mail keeps it, for a page to hand to its form. */
export function OutboxHint({ readable, what }: { readable: boolean; what: 'link' | 'code' }) {
  const t = useTranslations('auth.outbox');
  return (
    <p>
      {readable
        ? t.rich('readable', {
            link: (chunks) => (
              <a href="/outbox" className="underline underline-offset-4">
                {chunks}
              </a>
            ),
          })
        : t('elsewhere', { what })}
    </p>
  );
}
