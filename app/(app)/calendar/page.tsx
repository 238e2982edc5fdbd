import { PenLine } from 'lucide-react';
import type { Metadata } from 'next';
import Link from 'next/link';
import { Calendar } from '@/components/calendar/calendar';
import { calendarInput } from '@/components/calendar/input';
import { calendarRange } from '@/components/calendar/range';
import { api, HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { zoneName } from '@/components/ui/time';

export const metadata: Metadata = { title: 'Calendar' };

/** `?view=month|week&at=YYYY-MM-DD`, days in the workspace's zone. */
export default async function CalendarPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const { view, at } = await searchParams;
  const caller = await api();
  const { timeZone } = await caller.workspace.get();
  const now = new Date();
  const range = calendarRange(
    view === 'week' ? 'week' : 'month',
    typeof at === 'string' ? at : undefined,
    timeZone,
    now,
  );
  await prefetch(
    trpc.publications.list.infiniteQueryOptions(calendarInput(range), {
      getNextPageParam: (page) => page.nextCursor,
    }),
  );
  return (
    <HydrateClient>
      <PageHeader
        title="Calendar"
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden /> Compose
            </Link>
          </Button>
        }
      />
      <Calendar
        range={range}
        zone={timeZone}
        zoneLabel={`${timeZone.replaceAll('_', ' ')} (${zoneName(now, timeZone)})`}
      />
    </HydrateClient>
  );
}
