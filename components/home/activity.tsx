import { History } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Time } from '@/components/ui/time';
import type { Overview } from '@/server/domains/home/schemas';
import type { Shown } from '@/server/foundation/facts';
import { Panel, Rows } from './panel';
import { subjectHref } from './subject-href';

const DAY = 86_400_000;

/** Recent activity, newest first. */
export function ActivityPanel({
  activity,
  now,
  zone,
}: {
  activity: Shown<Overview>['activity'];
  now: Date;
  zone: string;
}) {
  const t = useTranslations('home.activity');
  return (
    <Panel title={t('title')}>
      {activity.length === 0 ? (
        <EmptyState
          size="compact"
          icon={History}
          title={t('empty.title')}
          description={t('empty.description')}
          action={
            <Button asChild variant="outline">
              <Link href="/connections">{t('empty.action')}</Link>
            </Button>
          }
        />
      ) : (
        <Rows>
          {activity.map((entry) => {
            const href = subjectHref(entry.subjectType, entry.subjectId);
            return (
              <li
                key={entry.id}
                className="relative flex items-baseline justify-between gap-4 px-4 py-2.5 hover:bg-muted/50"
              >
                <p className="line-clamp-2 wrap-anywhere min-w-0">
                  {href ? (
                    <Link href={href} className="after:absolute after:inset-0">
                      {entry.summary.text}
                    </Link>
                  ) : (
                    entry.summary.text
                  )}
                </p>
                <Time
                  at={entry.at}
                  zone={zone}
                  style={now.getTime() - entry.at.getTime() < DAY ? 'time' : 'day'}
                  className="shrink-0 text-muted-foreground text-xs"
                />
              </li>
            );
          })}
        </Rows>
      )}
    </Panel>
  );
}
