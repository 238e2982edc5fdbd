import type { Metadata } from 'next';
import { api } from '@/components/trpc/server';
import { Badge } from '@/components/ui/badge';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { formatInstant } from '@/components/ui/time';
import { ChangeEmailForm } from './change-email-form';
import { ChangePasswordForm } from './change-password-form';
import { PendingEmail } from './pending-email';
import { SessionList } from './session-list';

export const metadata: Metadata = { title: 'Security' };

export default async function SecurityPage() {
  const caller = await api();
  const [me, pending, sessions, workspace] = await Promise.all([
    caller.account.me(),
    caller.account.pendingEmail(),
    caller.account.sessions(),
    caller.workspace.get(),
  ]);
  return (
    <div className="grid gap-6">
      <Card>
        <CardHeader>
          <CardTitle>Your account</CardTitle>
        </CardHeader>
        <CardContent>
          <dl className="grid gap-3 text-sm sm:grid-cols-[8rem_1fr]">
            <dt className="text-muted-foreground">Name</dt>
            <dd className="wrap-anywhere">{me.name}</dd>
            <dt className="text-muted-foreground">E-mail</dt>
            <dd className="wrap-anywhere flex flex-wrap items-center gap-2">
              {me.email}
              <Badge variant={me.emailVerified ? 'positive' : 'warning'}>
                {me.emailVerified ? 'Confirmed' : 'Not confirmed'}
              </Badge>
            </dd>
          </dl>
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>E-mail address</CardTitle>
          <CardDescription>
            You sign in with it, and it is where a new password comes from. Both addresses are told of a
            change.
          </CardDescription>
        </CardHeader>
        <CardContent className="grid gap-6">
          <PendingEmail
            pending={
              pending
                ? { email: pending.email, until: formatInstant(pending.expiresAt, workspace.timeZone) }
                : null
            }
          />
          <ChangeEmailForm again={pending !== null} />
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>Password</CardTitle>
          <CardDescription>A new password signs you out everywhere else.</CardDescription>
        </CardHeader>
        <CardContent>
          <ChangePasswordForm email={me.email} />
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>Where you are signed in</CardTitle>
          <CardDescription>What each browser says of itself. A session ends after 30 days.</CardDescription>
        </CardHeader>
        <CardContent>
          <SessionList
            sessions={sessions.map((session) => ({
              id: session.id,
              current: session.current,
              device: session.device,
              since: formatInstant(session.createdAt, workspace.timeZone),
              seen: formatInstant(session.lastSeenAt, workspace.timeZone),
            }))}
          />
        </CardContent>
      </Card>
    </div>
  );
}
