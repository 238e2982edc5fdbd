import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { LiveRefresh } from '@/components/live/live-refresh';
import { AutomationForm } from '@/components/setup/automation-form';
import { MissedForm } from '@/components/setup/missed-form';
import { platformNames, topicNames } from '@/components/setup/names';
import { TopicsForm } from '@/components/setup/topics-form';
import { WorkspaceForm } from '@/components/setup/workspace-form';
import { api } from '@/components/trpc/server';
import { Alert } from '@/components/ui/alert';
import { Card, CardContent, CardDescription, CardHeader, CardTitle } from '@/components/ui/card';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';
import { intlTag } from '@/i18n/locales';
import { CURRENCIES } from '@/server/foundation/currencies';
import { allTimeZones } from '@/server/foundation/zones/time-zones';
import { requireViewer } from '@/server/trpc/context';
import { viewerCan } from '@/server/verbs/context';

export const generateMetadata = titled('workspace');

/** The currencies in use, and the workspace's own, with their names. A name that the runtime lacks is the code. */
function currencies(locale: string, own: string) {
  const names = new Intl.DisplayNames(intlTag(locale, 'money'), { type: 'currency' });
  return [...new Set([...CURRENCIES, own])].sort().map((code) => ({ code, name: names.of(code) ?? code }));
}

export default async function WorkspacePage() {
  const [viewer, caller] = await Promise.all([requireViewer(), api()]);
  const [workspace, setup, topics, missed, locale, t] = await Promise.all([
    caller.workspace.get(),
    caller.onboarding.get(),
    caller.topics.list(),
    caller.planning.missed(),
    getLocale(),
    getTranslations('settings.workspace'),
  ]);
  const changesWorkspace = viewerCan(viewer, 'workspace.change');
  const changesTopics = viewerCan(viewer, 'topics.change');
  const changesSchedule = viewerCan(viewer, 'schedule.change');
  const zones = allTimeZones();
  return (
    <ClientWords of={['setup']}>
      <div className="grid gap-6">
        <LiveRefresh topics={['workspace', 'automation', 'topics']} />
        {changesWorkspace || changesTopics || changesSchedule ? null : (
          <Alert title={t('lookOnly.title')}>
            <p>{t('lookOnly.description')}</p>
          </Alert>
        )}
        <Card>
          <CardHeader>
            <CardTitle>{t('workspace.title')}</CardTitle>
            <CardDescription>{t('workspace.description')}</CardDescription>
          </CardHeader>
          <CardContent>
            <WorkspaceForm
              workspace={workspace}
              zones={zones}
              currencies={currencies(locale, workspace.reportingCurrency)}
              editable={changesWorkspace}
            />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>{t('topics.title')}</CardTitle>
            <CardDescription>{t('topics.description')}</CardDescription>
          </CardHeader>
          <CardContent>
            <TopicsForm initial={topics} upgradeHref="/settings/billing" editable={changesTopics} />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>{t('posting.title')}</CardTitle>
            <CardDescription>
              {t.rich('posting.description', {
                link: (chunks) => (
                  <Link href="/auto-posting/slots" className="text-accent underline underline-offset-4">
                    {chunks}
                  </Link>
                ),
              })}
            </CardDescription>
          </CardHeader>
          <CardContent>
            <AutomationForm
              initial={setup.automation}
              limit={setup.limits.postsPerDay}
              zones={zones}
              topicNames={await topicNames()}
              platformNames={platformNames()}
              editable={changesSchedule}
              zoneElsewhere
            />
          </CardContent>
        </Card>
        <Card>
          <CardHeader>
            <CardTitle>{t('missed.title')}</CardTitle>
            <CardDescription>{t('missed.description')}</CardDescription>
          </CardHeader>
          <CardContent>
            <MissedForm initial={missed} editable={changesSchedule} />
          </CardContent>
        </Card>
      </div>
    </ClientWords>
  );
}
