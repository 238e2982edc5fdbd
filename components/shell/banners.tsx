import { FlaskConical, MailWarning } from 'lucide-react';
import Link from 'next/link';
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

/** What holds for the whole workspace and a person should know on every page. */
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
  if (emailVerified && sandboxConnections === 0) return null;
  return (
    <section aria-label="Notices">
      {emailVerified ? null : (
        <Strip
          tone="warning"
          icon={
            <MailWarning aria-hidden className="mt-0.5 size-4 shrink-0 text-warning" strokeWidth={1.75} />
          }
        >
          <span>
            Your e-mail address <span className="wrap-anywhere">{email}</span> is not confirmed yet. Open the
            link in the message we sent you.
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
          <span>
            {liveConnections === 0
              ? 'This workspace works in the sandbox: nothing reaches the real platforms.'
              : 'Some connections lead to the sandbox: what they publish and sell does not reach the real platforms.'}
          </span>{' '}
          <Link href="/sandbox" className={link} prefetch={false}>
            Look at the sandbox
          </Link>
        </Strip>
      ) : null}
    </section>
  );
}
