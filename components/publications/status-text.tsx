'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useEffect, useRef, useState } from 'react';
import { live } from '@/components/live/store';
import { platformName } from '@/components/platforms/catalogue';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Progress } from '@/components/ui/progress';
import { Time } from '@/components/ui/time';
import type { HoldKind } from '@/server/domains/posting-control/schemas';
import { secondsShown } from './countdown';
import { waitsUntil } from './refresh-interval';

/** A publication's progress as a sentence. */
export function PublicationStatusText({
  publication: p,
  zone,
  held = null,
}: {
  publication: PublicationItem;
  zone: string;
  /** Why posting is on hold. */
  held?: HoldKind | null;
}) {
  const t = useTranslations('publications.status');
  const due = { time: () => <Time at={p.dueAt} zone={zone} showZone /> };
  const notConnected = () =>
    t.rich('notConnected', {
      ...due,
      link: (chunks) => (
        <Link href="/connections" className="text-accent underline underline-offset-4">
          {chunks}
        </Link>
      ),
    });
  switch (p.state) {
    case 'published': {
      const time = () => <Time at={p.publishedAt ?? p.dueAt} zone={zone} showZone />;
      return p.lateByMs !== null && p.lateByMs >= 60_000
        ? t.rich('publishedLate', { time, minutes: Math.round(p.lateByMs / 60_000) })
        : t.rich('published', { time });
    }
    case 'failed':
    case 'unknown':
    case 'cancelled':
      return t.rich(p.state, due);
    case 'handed_over':
      return t.rich('handedOver', {
        ...due,
        link: (chunks) => (
          <Link href="/todo" className="text-accent underline underline-offset-4">
            {chunks}
          </Link>
        ),
      });
    case 'awaiting_approval':
      if (!p.connected) return notConnected();
      return held ? t.rich('toApproveHeld', { ...due, hold: held }) : t.rich('toApprove', due);
    case 'publishing':
      // `retryAt` stays set while that retry is in progress.
      return t.rich(p.retryAt ? 'sendingAgain' : 'sending', due);
    default: {
      if (held) return t.rich('held', { ...due, hold: held });
      if (!p.connected) return notConnected();
      const until = waitsUntil(p);
      if (until)
        return (
          <>
            {t.rich('waits', { ...due, until: () => <Time at={until} zone={zone} showZone /> })}
            <Countdown to={until} />
          </>
        );
      const { retryAt } = p;
      return retryAt ? (
        <>
          {t.rich('retry', { time: () => <Time at={retryAt} zone={zone} style="time" /> })}
          <Countdown to={retryAt} />
        </>
      ) : (
        <>
          {t.rich('due', due)}
          <Countdown to={p.dueAt} />
        </>
      );
    }
  }
}

/** " · in 12 s" during the last minute and a half. Visual only, because the time itself is shown next to it. */
function Countdown({ to }: { to: Date }) {
  const t = useTranslations('publications');
  const at = to.getTime();
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    const look = () => setShown(secondsShown(at - live.now(), t));
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [at, t]);
  return shown ? (
    <span aria-hidden className="tabular">
      {' '}
      · {shown}
    </span>
  ) : null;
}

const STEP = { queued: 1, publishing: 2 } as const;

/** The step of the publication in progress, as a line along the edge of its row, where it moves nothing else. */
export function PublicationProgress({ state }: { state: PublicationItem['state'] }) {
  const t = useTranslations('facts.publicationStates');
  return state === 'queued' || state === 'publishing' ? (
    <Progress
      value={STEP[state]}
      max={3}
      label={t(state)}
      className="absolute inset-x-0 top-0 h-0.5! rounded-none!"
    />
  ) : null;
}

/** Announces the outcome of each publication once to screen readers. */
export function PublicationNews({
  publications,
}: {
  publications: readonly Pick<PublicationItem, 'id' | 'state' | 'platform' | 'connectionName'>[];
}) {
  const t = useTranslations('publications');
  const states = useTranslations('facts.publicationStates');
  const before = useRef<ReadonlyMap<string, string>>(undefined);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const known = before.current;
    before.current = new Map(publications.map((p) => [p.id, p.state]));
    const news = publications.filter((p) => known?.has(p.id) && known.get(p.id) !== p.state);
    if (news.length > 0)
      setSaid(
        news
          .map((p) =>
            t('news', {
              platform: platformName(p.platform),
              account: p.connectionName,
              state: states(p.state),
            }),
          )
          .join(' '),
      );
  }, [publications, states, t]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
