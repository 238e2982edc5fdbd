import { CircleCheck } from 'lucide-react';
import Link from 'next/link';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { EmptyState } from '@/components/ui/empty-state';
import { Time } from '@/components/ui/time';
import type { Overview } from '@/server/domains/home/schemas';
import type { Shown } from '@/server/foundation/facts';
import { Panel, Rows } from './panel';

const THEN = {
  approve: 'then it is approved',
  reject: 'then it is rejected',
  keep: 'then it stays on hold',
} as const;

/** Approvals and actions, the most pressing first. */
export function WaitingPanel({
  waiting,
  now,
  zone,
}: {
  waiting: Shown<Overview>['waiting'];
  now: Date;
  zone: string;
}) {
  return (
    <Panel title="Waiting for you" count={waiting.count} link={{ href: '/todo', label: 'To do' }}>
      {waiting.items.length === 0 ? (
        <EmptyState
          size="compact"
          icon={CircleCheck}
          title="Nothing waits for you."
          description="Approvals and things that only you can do appear here."
          action={
            <Button asChild variant="outline">
              <Link href="/compose">Write a post</Link>
            </Button>
          }
        />
      ) : (
        <Rows>
          {waiting.items.map((item) => {
            const late = item.deadlineAt !== null && item.deadlineAt < now;
            return (
              <li key={item.id} className="relative flex items-start gap-3 px-4 py-3 hover:bg-muted/50">
                <div className="min-w-0 flex-1">
                  <Link
                    href={`/todo#${item.id}`}
                    dir="auto"
                    className="line-clamp-2 wrap-anywhere font-medium after:absolute after:inset-0"
                  >
                    {item.title.text}
                  </Link>
                  <p className={late ? 'text-destructive' : 'text-muted-foreground'}>
                    {item.deadlineAt ? (
                      <>
                        {late ? 'Was due ' : 'Until '}
                        <Time at={item.deadlineAt} zone={zone} showZone />
                        {item.policy && !late ? `, ${THEN[item.policy]}` : ''}
                      </>
                    ) : (
                      'No deadline'
                    )}
                  </p>
                </div>
                <Badge variant={item.kind === 'approval' ? 'accent' : 'outline'}>
                  {item.kind === 'approval' ? 'Approve' : 'Do'}
                </Badge>
              </li>
            );
          })}
        </Rows>
      )}
    </Panel>
  );
}
