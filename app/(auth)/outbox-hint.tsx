import { useTranslations } from 'next-intl';

/** Link to the outbox of an installation that does not send e-mail; pages pass it to their forms. */
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
