import { PenLine } from 'lucide-react';
import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { formatDay } from '@/components/calendar/days';
import { ActivityPanel } from '@/components/home/activity';
import { Alerts } from '@/components/home/alerts';
import { ConnectionsPanel } from '@/components/home/connections';
import { MoneyPanel } from '@/components/home/money';
import { NextPanel } from '@/components/home/next';
import { WaitingPanel } from '@/components/home/waiting';
import { LiveRefresh } from '@/components/live/live-refresh';
import { INTENTS } from '@/components/posting/intents';
import { PostingControls } from '@/components/posting/posting-controls';
import { Refresh } from '@/components/shell/refresh';
import { api, getQueryClient, HydrateClient, trpc } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { dayIn } from '@/components/ui/calendar-day';
import { PageHeader } from '@/components/ui/page-header';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';

export const generateMetadata = titled('home');

/** Today at a glance: whether money is coming in, what needs the user's attention, and what is published next. */
export default async function HomePage({
  searchParams,
}: {
  searchParams: Promise<{ posting?: string | string[] }>;
}) {
  const [caller, { posting: wanted }, locale, t] = await Promise.all([
    api(),
    searchParams,
    getLocale(),
    getTranslations('home.page'),
  ]);
  const [data] = await Promise.all([
    caller.home.overview(),
    getQueryClient().fetchQuery(trpc.autoPosting.get.queryOptions()),
  ]);
  const unconnected = data.connections.length === 0;
  const now = new Date();
  const today = formatDay(dayIn(now, data.timeZone), locale, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
  });
  return (
    <ClientWords of={['posting']}>
      <Refresh />
      <LiveRefresh topics={['*']} />
      <PageHeader
        title={t('title')}
        description={today}
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden />
              {t('compose')}
            </Link>
          </Button>
        }
      />
      <div className="grid grid-cols-1 gap-4">
        <Alerts alerts={data.alerts} />
        {/* Nothing else works until an account is connected. */}
        {unconnected ? <ConnectionsPanel connections={data.connections} /> : null}
        <HydrateClient>
          <PostingControls zone={data.timeZone} intent={INTENTS.find((intent) => intent === wanted)} />
        </HydrateClient>
        <MoneyPanel money={data.money} />
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="grid grid-cols-1 gap-4">
            <WaitingPanel waiting={data.waiting} now={now} zone={data.timeZone} />
            <NextPanel next={data.next} zone={data.timeZone} />
          </div>
          <div className="grid grid-cols-1 gap-4">
            {unconnected ? null : <ConnectionsPanel connections={data.connections} />}
            <ActivityPanel activity={data.activity} now={now} zone={data.timeZone} />
          </div>
        </div>
      </div>
    </ClientWords>
  );
}
