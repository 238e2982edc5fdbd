import { PenLine } from 'lucide-react';
import Link from 'next/link';
import { getLocale, getTranslations } from 'next-intl/server';
import { Calendar } from '@/components/calendar/calendar';
import { calendarInput } from '@/components/calendar/input';
import { calendarRange } from '@/components/calendar/range';
import { api, HydrateClient, prefetch, trpc } from '@/components/trpc/server';
import { Button } from '@/components/ui/button';
import { PageHeader } from '@/components/ui/page-header';
import { zoneName } from '@/components/ui/time';
import { ClientWords } from '@/components/words/client-words';
import { titled } from '@/components/words/titled';

export const generateMetadata = titled('calendar');

/** `?view=month|week&at=YYYY-MM-DD`; days are in the workspace's time zone. */
export default async function CalendarPage({
  searchParams,
}: {
  searchParams: Promise<Record<string, string | string[] | undefined>>;
}) {
  const [{ view, at }, caller, locale, t] = await Promise.all([
    searchParams,
    api(),
    getLocale(),
    getTranslations('calendar.page'),
  ]);
  const { timeZone } = await caller.workspace.get();
  const now = new Date();
  const range = calendarRange(
    view === 'week' ? 'week' : 'month',
    typeof at === 'string' ? at : undefined,
    timeZone,
    now,
    locale,
  );
  await prefetch(
    trpc.publications.list.infiniteQueryOptions(calendarInput(range), {
      getNextPageParam: (page) => page.nextCursor,
    }),
  );
  return (
    <HydrateClient>
      <PageHeader
        title={t('title')}
        action={
          <Button asChild>
            <Link href="/compose">
              <PenLine aria-hidden /> {t('compose')}
            </Link>
          </Button>
        }
      />
      <ClientWords of={['calendar', 'publications']}>
        <Calendar range={range} zone={timeZone} zoneLabel={zoneName(now, timeZone, locale)} />
      </ClientWords>
    </HydrateClient>
  );
}
