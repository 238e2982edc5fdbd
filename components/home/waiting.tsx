import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Time } from '@/components/ui/time';
import type { Overview } from '@/server/domains/home/schemas';
import type { Shown } from '@/server/foundation/facts';
import { Panel, Rows } from './panel';

/** Pending approvals and actions, the most urgent first. */
export function WaitingPanel({
  waiting,
  now,
  zone,
}: {
  waiting: Shown<Overview>['waiting'];
  now: Date;
  zone: string;
}) {
  const t = useTranslations('home.waiting');
  return (
    <Panel title={t('title')} count={waiting.count} link={{ href: '/todo', label: t('all') }}>
      {waiting.items.length === 0 ? (
        <EmptyState
          size="compact"
          icon={CircleCheck}
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
          {waiting.items.map((item) => {
            const { deadlineAt } = item;
            const late = deadlineAt !== null && deadlineAt < now;
            return (
              <li key={item.id} className="relative flex items-start gap-3 px-4 py-3 hover:bg-muted/50">
                <div className="min-w-0 flex-1">
                  <Link
                    href={`/todo#${item.id}`}
                    className="line-clamp-2 wrap-anywhere font-medium after:absolute after:inset-0"
                  >
                    {item.title.text}
                  </Link>
                  <p className={late ? 'text-destructive' : 'text-muted-foreground'}>
                    {deadlineAt
                      ? t.rich(late ? 'late' : (item.policy ?? 'until'), {
                          time: () => <Time at={deadlineAt} zone={zone} showZone />,
                        })
                      : t('open')}
                  </p>
                </div>
                <Badge variant={item.kind === 'approval' ? 'accent' : 'outline'}>
                  {t(item.kind === 'approval' ? 'approval' : 'action')}
                </Badge>
              </li>
            );
          })}
        </Rows>
      )}
    </Panel>
  );
}
