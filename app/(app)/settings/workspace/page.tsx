import type { Metadata } from 'next';
import Link from 'next/link';
import { LiveRefresh } from '@/components/live/live-refresh';
import { AutomationForm } from '@/components/setup/automation-form';
import { MissedForm } from '@/components/setup/missed-form';
import { platformNames, topicNames } from '@/components/setup/names';
import { TopicsForm } from '@/components/setup/topics-form';
import { WorkspaceForm } from '@/components/setup/workspace-form';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { allTimeZones } from '@/server/domains/workspaces/time-zones';

export const metadata: Metadata = { title: 'Workspace' };

/** Every currency with its name, in English. */
function currencies() {
  const names = new Intl.DisplayNames('en', { type: 'currency' });
  return Intl.supportedValuesOf('currency').map((code) => ({ code, name: names.of(code) ?? code }));
}

export default async function WorkspacePage() {
  const caller = await api();
  const [workspace, setup, topics, missed] = await Promise.all([
    caller.workspace.get(),
    caller.onboarding.get(),
    caller.topics.list(),
    caller.planning.missed(),
  ]);
  const editable = workspace.role === 'owner' || workspace.role === 'manager';
  const zones = allTimeZones();
  return (
    <div className="grid gap-6">
      <LiveRefresh topics={['workspace', 'automation', 'topics']} />
      {editable ? null : (
        <Alert title="You can look at these settings">
          <p>An owner or a manager of the workspace can change them.</p>
        </Alert>
      )}
      <Card>
        <CardHeader>
          <CardTitle>Workspace</CardTitle>
          <CardDescription>Its name, and in which zone and currency it counts.</CardDescription>
        </CardHeader>
        <CardContent>
          <WorkspaceForm workspace={workspace} zones={zones} currencies={currencies()} editable={editable} />
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>Topics</CardTitle>
          <CardDescription>What drafts are about and whom they are written for.</CardDescription>
        </CardHeader>
        <CardContent>
          <TopicsForm initial={topics} upgradeHref="/settings/billing" editable={editable} />
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>Posting</CardTitle>
          <CardDescription>
            When posts go out, and who is asked before. Accounts that you connect start with these times;{' '}
            <Link href="/auto-posting/slots" className="text-accent underline underline-offset-4">
              Auto-posting
            </Link>{' '}
            has the times of each account.
          </CardDescription>
        </CardHeader>
        <CardContent>
          <AutomationForm
            initial={setup.automation}
            limit={setup.limits.postsPerDay}
            zones={zones}
            topicNames={topicNames()}
            platformNames={platformNames()}
            editable={editable}
            zoneElsewhere
          />
        </CardContent>
      </Card>
      <Card>
        <CardHeader>
          <CardTitle>When a time was missed</CardTitle>
          <CardDescription>
            What happens to a post whose time passed while nothing could go out, because the machine was off,
            say.
          </CardDescription>
        </CardHeader>
        <CardContent>
          <MissedForm initial={missed} editable={editable} />
        </CardContent>
      </Card>
    </div>
  );
}
