import type { Metadata } from 'next';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { getDb } from '@/db/client';
import { pendingSignIn } from '@/server/auth-cookies';
import { localPath } from '@/server/domains/accounts/next-path';
import { CODE_MINUTES, codeStep } from '@/server/domains/accounts/sign-in-code';
import { outboxExists, outboxReader } from '@/server/domains/emails/outbox-reader';
import { systemClock } from '@/server/foundation/clock';
import { getViewer } from '@/server/trpc/context';
import { CodeForm } from './code-form';

export const metadata: Metadata = { title: 'Enter the code' };
export const dynamic = 'force-dynamic';

/** The second step of a sign-in: shown to everybody whom it is asked of, whether or not the address is known and the password right. */
export default async function CodePage({
  searchParams,
}: {
  searchParams: Promise<{ next?: string | string[] }>;
}) {
  const { next: asked } = await searchParams;
  const next = localPath(typeof asked === 'string' ? asked : null);
  if ((await getViewer())?.workspace) redirect(next);
  const again = `/sign-in?next=${encodeURIComponent(next)}`;
  const pending = await pendingSignIn();
  const step = pending ? await codeStep({ db: await getDb(), clock: systemClock }, pending.browser) : null;
  if (!pending || !step) redirect(`${again}&ended=1`);
  const readable = outboxReader(await headers(), null).kind === 'all';
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">Enter the code</h1>
      <p className="wrap-anywhere mt-2 mb-6 text-muted-foreground">
        Wrong passwords were tried for <strong className="text-foreground">{pending.email}</strong>, so we ask
        for more than a password in a browser that we do not know. If the address and the password are right,
        an e-mail with a code is on its way. It works for {CODE_MINUTES} minutes.
      </p>
      <CodeForm
        next={next}
        resendAt={step.resendAt.getTime()}
        now={systemClock.now().getTime()}
        resends={step.resendsLeft}
        outbox={readable ? 'readable' : outboxExists() ? 'elsewhere' : 'none'}
      />
      <section className="mt-8 grid gap-2 border-border border-t pt-5 text-sm">
        <h2 className="font-medium">No e-mail after a few minutes?</h2>
        <p className="text-muted-foreground">
          Look among unwanted mail. If there is none, the address or the password was not right:{' '}
          <a href={again} className="text-accent underline underline-offset-4">
            go back and try again
          </a>
          , or{' '}
          <a href="/forgot" className="text-accent underline underline-offset-4">
            set a new password
          </a>
          , which needs no code.
        </p>
      </section>
    </>
  );
}
