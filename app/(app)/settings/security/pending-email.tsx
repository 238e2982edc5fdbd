'use client';

import { useTranslations } from 'next-intl';
import { useActionForm } from '@/components/account/use-action-form';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { pendingEmailAction } from './actions';

/** A pending change of e-mail address, with the available actions. Stays mounted so that it can show their outcome. */
export function PendingEmail({ pending: waits }: { pending: { email: string; until: string } | null }) {
  const t = useTranslations('settings.security.email');
  const { state, pending, form } = useActionForm(pendingEmailAction);
  return (
    <form {...form} className="grid max-w-md gap-4 empty:hidden">
      <FormErrors message={state.message} />
      {state.done && state.values?.waits === (waits?.email ?? '') ? (
        <Alert variant="positive" title={state.done} />
      ) : null}
      {waits ? (
        <Alert
          variant="info"
          title={<span className="wrap-anywhere">{t('waiting', { email: waits.email })}</span>}
        >
          <p>{t('waitingUntil', { until: waits.until })}</p>
          <div className="mt-2 flex flex-wrap gap-2">
            <Button type="submit" name="do" value="resend" variant="outline" size="sm" disabled={pending}>
              {t('resend')}
            </Button>
            <Button type="submit" name="do" value="cancel" variant="ghost" size="sm" disabled={pending}>
              {t('cancel')}
            </Button>
          </div>
        </Alert>
      ) : null}
    </form>
  );
}
