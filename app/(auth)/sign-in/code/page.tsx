import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { getTranslations } from 'next-intl/server';
import { titled } from '@/components/words/titled';
import { pendingSignIn } from '@/server/auth-cookies';
import { localPath } from '@/server/domains/accounts/next-path';
import { CODE_MINUTES, codeStep } from '@/server/domains/accounts/sign-in-code';
import { outboxExists, outboxReader } from '@/server/domains/emails/outbox-reader';
import { systemClock } from '@/server/foundation/clock';
import { ctxForVisitor, getViewer } from '@/server/trpc/context';
import { OutboxHint } from '../../outbox-hint';
import { CodeForm } from './code-form';

export const generateMetadata = titled('enterCode');
export const dynamic = 'force-dynamic';

/** The second step of a sign-in. Shown whenever it is required, whether or not the address is known and the password correct. */
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
  const step = pending ? await codeStep(await ctxForVisitor(), { browser: pending.browser }) : null;
  if (!pending || !step) redirect(`${again}&ended=1`);
  const t = await getTranslations('auth.code');
  const readable = outboxReader(await headers(), null).kind === 'all';
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">{t('title')}</h1>
      <p className="wrap-anywhere mt-2 mb-6 text-muted-foreground">
        {t.rich('intro', {
          email: () => <strong className="text-foreground">{pending.email}</strong>,
          minutes: CODE_MINUTES,
        })}
      </p>
      <CodeForm
        next={next}
        resendAt={step.resendAt.getTime()}
        now={systemClock.now().getTime()}
        resends={step.resendsLeft}
        outbox={readable || outboxExists() ? <OutboxHint readable={readable} what="code" /> : null}
        words={{
          label: t('label'),
          help: t('help'),
          submit: t('submit'),
          where: t('where'),
          resend: t('resend'),
          resendIn: t('resendIn', { seconds: '{seconds}' }),
        }}
      />
      <section className="mt-8 grid gap-2 border-border border-t pt-5 text-sm">
        <h2 className="font-medium">{t('none.title')}</h2>
        <p className="text-muted-foreground">
          {t.rich('none.text', {
            again: (chunks) => (
              <a href={again} className="text-accent underline underline-offset-4">
                {chunks}
              </a>
            ),
            forgot: (chunks) => (
              <a href="/forgot" className="text-accent underline underline-offset-4">
                {chunks}
              </a>
            ),
          })}
        </p>
      </section>
    </>
  );
}
