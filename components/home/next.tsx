import { CalendarClock } from 'lucide-react';
import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { platformName } from '@/components/platforms/catalogue';
import { HeldNote } from '@/components/posting/held-note';
import { PublicationState } from '@/components/publications/publication-state';
import { followLabel } from '@/components/publications/threads';
import { WaitsNote } from '@/components/publications/waits-note';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Time, zoneName } from '@/components/ui/time';
import type { Overview } from '@/server/domains/home/schemas';
import type { Shown } from '@/server/foundation/facts';
import { Panel, Rows } from './panel';

/** The next publications, in the order of their publication. */
export function NextPanel({ next, zone }: { next: Shown<Overview>['next']; zone: string }) {
  const t = useTranslations('home.next');
  const locale = useLocale();
  const publications = useTranslations('publications');
  return (
    <Panel title={t('title')} count={next.count} link={{ href: '/calendar', label: t('all') }}>
      {next.items.length > 0 ? <HeldNote className="px-4 py-2 text-warning" /> : null}
      {next.items.length === 0 ? (
        <EmptyState
          size="compact"
          icon={CalendarClock}
          title={t('empty.title')}
          description={t('empty.description')}
          action={
            <Button asChild variant="outline">
              <Link href="/compose">{t('empty.action')}</Link>
            </Button>
          }
        />
      ) : (
        <Rows>
          {next.items.map((item) => (
            <li
              key={item.id}
              className="relative grid grid-cols-[minmax(0,1fr)_auto] items-start gap-x-4 gap-y-0.5 px-4 py-3 hover:bg-muted/50 sm:grid-cols-[6.5rem_minmax(0,1fr)_auto]"
            >
              <p className="text-muted-foreground max-sm:order-2">
                <Time at={item.dueAt} zone={zone} style="day" className="sm:block" />{' '}
                <Time at={item.dueAt} zone={zone} style="time" className="text-foreground" />{' '}
                <span className="text-xs">{zoneName(item.dueAt, zone, locale)}</span>
              </p>
              <div className="min-w-0 max-sm:order-1 max-sm:col-span-2">
                <Link
                  href={`/posts/${item.postId}`}
                  dir="auto"
                  className="block truncate font-medium after:absolute after:inset-0"
                >
                  {item.title}
                </Link>
                <p className="truncate text-muted-foreground">
                  {[followLabel(item, publications), platformName(item.platform)].filter(Boolean).join(' · ')}{' '}
                  · <bdi>{item.account}</bdi>
                </p>
                <WaitsNote publication={item} zone={zone} />
              </div>
              <PublicationState state={item.state} className="max-sm:order-3" />
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  );
}
