'use client';

import { useQuery } from '@tanstack/react-query';
import { CirclePause, OctagonX } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { usePosting } from '@/components/posting/use-posting';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Time } from '@/components/ui/time';
import type { Hold } from '@/server/domains/posting-control/schemas';
import type { Shown } from '@/server/foundation/facts';

/** Shows on every page that posting is on hold, since when and by whom. Follows changes made here and elsewhere. */
export function HeldBar({ zone }: { zone: string }) {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.home.shell.queryOptions());
  return data?.hold ? <Held hold={data.hold} zone={zone} /> : null;
}

function Held({ hold, zone }: { hold: Shown<Hold>; zone: string }) {
  const t = useTranslations('shell.held');
  const words = useTranslations('posting.held');
  const { start, doing, busy } = usePosting();
  const emergency = hold.kind === 'emergency';
  const Icon = emergency ? OctagonX : CirclePause;
  return (
    <section
      aria-label={words(`${hold.kind}.title`)}
      className={
        emergency ? 'border-destructive border-y-2 bg-background' : 'border-border border-b bg-warning-subtle'
      }
    >
      <div className="mx-auto flex max-w-6xl flex-wrap items-center justify-between gap-x-4 gap-y-2 px-4 py-2 sm:px-6">
        <p className="flex min-w-0 items-start gap-2">
          <Icon
            aria-hidden
            className={`mt-0.5 size-4 shrink-0 ${emergency ? 'text-destructive' : 'text-warning'}`}
            strokeWidth={1.75}
          />
          <span className="min-w-0">
            {doing ? t('doing', { doing }) : null}
            {t.rich('since', {
              title: () => <span className="font-medium">{words(`${hold.kind}.title`)}</span>,
              by: () => <bdi>{hold.by.text}</bdi>,
              time: () => <Time at={hold.since} zone={zone} showZone />,
              meaning: words(`${hold.kind}.means`),
            })}
            {hold.sending > 0 ? ` ${t('onTheWay', { count: hold.sending })}` : null}
          </span>
        </p>
        {hold.mayStart ? (
          <Button
            size="sm"
            variant="outline"
            onClick={() => start.mutate()}
            loading={start.isPending}
            disabled={busy}
          >
            {t('start')}
          </Button>
        ) : null}
      </div>
    </section>
  );
}
