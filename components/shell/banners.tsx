import { FlaskConical, MailWarning } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ResendVerification } from './resend-verification';

function Strip({
  tone,
  icon,
  children,
}: {
  tone: 'warning' | 'plain';
  icon: ReactNode;
  children: ReactNode;
}) {
  return (
    <div
      className={
        tone === 'warning'
          ? 'border-border border-b bg-warning-subtle text-foreground'
          : 'border-border border-b bg-muted text-foreground'
      }
    >
      <div className="mx-auto flex max-w-6xl items-start gap-2 px-4 py-2 text-sm sm:px-6">
        {icon}
        <p className="min-w-0">{children}</p>
      </div>
    </div>
  );
}

const link = 'font-medium underline underline-offset-4 hover:no-underline';

/** Notices about the whole workspace that users should see on every page. */
export function Banners({
  emailVerified,
  email,
  sandboxConnections,
  liveConnections,
}: {
  emailVerified: boolean;
  email: string;
  sandboxConnections: number;
  liveConnections: number;
}) {
  const t = useTranslations('shell.notices');
  if (emailVerified && sandboxConnections === 0) return null;
  return (
    <section aria-label={t('label')}>
      {emailVerified ? null : (
        <Strip
          tone="warning"
          icon={
            <MailWarning aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" strokeWidth={1.75} />
          }
        >
          <span>
            {t.rich('notConfirmed', { email: () => <span className="wrap-anywhere">{email}</span> })}
          </span>{' '}
          <ResendVerification className={link} />
        </Strip>
      )}
      {sandboxConnections > 0 ? (
        <Strip
          tone="plain"
          icon={
            <FlaskConical
              aria-hidden
              className="mt-0.5 size-4 shrink-0 text-muted-foreground"
              strokeWidth={1.75}
            />
          }
        >
          <span>{t(liveConnections === 0 ? 'sandbox' : 'partlySandbox')}</span>{' '}
          <Link href="/sandbox" className={link} prefetch={false}>
            {t('lookAtSandbox')}
          </Link>
        </Strip>
      ) : null}
    </section>
  );
}
