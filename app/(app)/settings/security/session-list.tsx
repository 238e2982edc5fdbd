'use client';

import { useTranslations } from 'next-intl';
import { useActionForm } from '@/components/account/use-action-form';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { revokeSessionAction } from './actions';

/** The user's sessions, each with a button to end it. */
export function SessionList(props: {
  sessions: { id: string; current: boolean; device: string; since: string; seen: string }[];
}) {
  const t = useTranslations('settings.security.sessions');
  const { state, pending, form } = useActionForm(revokeSessionAction);
  const others = props.sessions.filter((s) => !s.current);
  return (
    <form {...form} className="grid gap-4">
      <FormErrors message={state.message} />
      <ul className="divide-y divide-border">
        {props.sessions.map((session) => (
          <li key={session.id} className="flex flex-wrap items-center justify-between gap-3 py-3">
            <div className="grid min-w-0 gap-0.5 text-sm">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {session.device}
                {session.current ? <Badge variant="accent">{t('this')}</Badge> : null}
              </p>
              <p className="text-muted-foreground">
                {t('since', { since: session.since, seen: session.seen })}
              </p>
            </div>
            {session.current ? null : (
              <Button
                type="submit"
                name="id"
                value={session.id}
                variant="outline"
                size="sm"
                disabled={pending}
                aria-label={t('signOutOf', { device: session.device, seen: session.seen })}
              >
                {t('signOut')}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 ? (
        <div>
          <Button type="submit" name="id" value="others" variant="outline" disabled={pending}>
            {t('signOutOthers')}
          </Button>
        </div>
      ) : null}
    </form>
  );
}
