import { getLocale, getTranslations } from 'next-intl/server';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { formatInstant } from '@/components/ui/time';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { ChangeEmailForm } from './change-email-form';
import { ChangePasswordForm } from './change-password-form';
import { PendingEmail } from './pending-email';
import { SessionList } from './session-list';

export const generateMetadata = titled('security');

export default async function SecurityPage() {
  const caller = await api();
  const [me, pending, sessions, workspace, locale, t] = await Promise.all([
    caller.account.me(),
    caller.account.pendingEmail(),
    caller.account.sessions(),
    caller.workspace.get(),
    getLocale(),
    getTranslations('settings.security'),
  ]);
  const at = (when: Date) => formatInstant(when, workspace.timeZone, 'datetime', locale);
  return (
    <ClientWords of={['settings']}>
      <div className="grid gap-6">
        <Card>
          <CardHeader>
            <CardTitle>{t('account.title')}</CardTitle>
          </CardHeader>
          <CardContent>
            <dl className="grid gap-3 text-sm sm:grid-cols-[8rem_1fr]">
              <dt className="text-muted-foreground">{t('account.name')}</dt>
              <dd className="wrap-anywhere">{me.name}</dd>
              <dt className="text-muted-foreground">{t('account.email')}</dt>
              <dd className="wrap-anywhere flex flex-wrap items-center gap-2">
                {me.email}
                <Badge variant={me.emailVerified ? 'positive' : 'warning'}>
                  {t(me.emailVerified ? 'account.confirmed' : 'account.notConfirmed')}
                </Badge>
              </dd>
            </dl>
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>{t('email.title')}</CardTitle>
            <CardDescription>{t('email.description')}</CardDescription>
          </CardHeader>
          <CardContent className="grid gap-6">
            <PendingEmail pending={pending ? { email: pending.email, until: at(pending.expiresAt) } : null} />
            <ChangeEmailForm again={pending !== null} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>{t('password.title')}</CardTitle>
            <CardDescription>{t('password.description')}</CardDescription>
          </CardHeader>
          <CardContent>
            <ChangePasswordForm email={me.email} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>{t('sessions.title')}</CardTitle>
            <CardDescription>{t('sessions.description')}</CardDescription>
          </CardHeader>
          <CardContent>
            <SessionList
              sessions={sessions.map((session) => ({
                id: session.id,
                current: session.current,
                device: session.device.text,
                since: at(session.createdAt),
                seen: at(session.lastSeenAt),
              }))}
            />
          </CardContent>
        </Card>
      </div>
    </ClientWords>
  );
}
