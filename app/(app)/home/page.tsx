import { PenLine } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { LiveRefresh } from '@/components/live/live-refresh';
import { Refresh } from '@/components/shell/refresh';
import { api } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { ActivityPanel } from './_panels/activity';
import { Alerts } from './_panels/alerts';
import { ConnectionsPanel } from './_panels/connections';
import { MoneyPanel } from './_panels/money';
import { NextPanel } from './_panels/next';
import { WaitingPanel } from './_panels/waiting';

export const metadata: Metadata = { title: 'Home' };

/** Today at a glance: is the money coming in, is anything waiting for me, what goes out next. */
export default async function HomePage() {
  const caller = await api();
  const data = await caller.home.overview();
  const now = new Date();
  const today = new Intl.DateTimeFormat('en-GB', {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: data.timeZone,
  }).format(now);
  return (
    <>
      <Refresh />
      <LiveRefresh topics={['*']} />
      <PageHeader
        title="Home"
        description={today}
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden />
              Write a post
            </Link>
          </Button>
        }
      />
      <div className="grid grid-cols-1 gap-4">
        <Alerts alerts={data.alerts} />
        <MoneyPanel money={data.money} />
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
          <div className="grid grid-cols-1 gap-4">
            <WaitingPanel waiting={data.waiting} now={now} zone={data.timeZone} />
            <NextPanel next={data.next} zone={data.timeZone} />
          </div>
          <div className="grid grid-cols-1 gap-4">
            <ConnectionsPanel connections={data.connections} />
            <ActivityPanel activity={data.activity} now={now} zone={data.timeZone} />
          </div>
        </div>
      </div>
    </>
  );
}
