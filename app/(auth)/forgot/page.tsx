import { headers } from 'next/headers';
import { getTranslations } from 'next-intl/server';
import { titled } from '@/components/words/titled';
import { outboxExists, outboxReader } from '@/server/domains/emails/outbox-reader';
import { OutboxHint } from '../outbox-hint';
import { ForgotForm } from './forgot-form';

export const generateMetadata = titled('forgot');
export const dynamic = 'force-dynamic';

export default async function ForgotPage() {
  const t = await getTranslations('auth');
  const readable = outboxReader(await headers(), null).kind === 'all';
  return (
    <>
      <h1 className="font-semibold text-2xl tracking-tight">{t('forgot.title')}</h1>
      <p className="mt-2 mb-6 text-muted-foreground">{t('forgot.intro')}</p>
      <ForgotForm
        words={{ email: t('email'), submit: t('forgot.submit') }}
        outbox={readable || outboxExists() ? <OutboxHint readable={readable} what="link" /> : null}
      />
      <p className="mt-6 text-sm">
        <a href="/sign-in" className="text-accent underline underline-offset-4">
          {t('forgot.back')}
        </a>
      </p>
    </>
  );
}
