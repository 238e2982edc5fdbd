'use client';

import { useMutation } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';

/** Sends the confirmation link again, and says so. */
export function ResendVerification({ className }: { className?: string }) {
  const t = useTranslations('shell.notices');
  const trpc = useTRPC();
  const { report } = useAppError();
  const resend = useMutation(trpc.account.resendVerification.mutationOptions({ onError: report }));
  if (resend.isSuccess) return <span role="status">{t('sentAgain')}</span>;
  return (
    <button type="button" className={className} disabled={resend.isPending} onClick={() => resend.mutate()}>
      {t(resend.isPending ? 'sending' : 'sendAgain')}
    </button>
  );
}
