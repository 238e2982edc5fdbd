'use client';

import Link from 'next/link';
import { useEffect, useRef, useState } from 'react';
import { live } from '@/components/live/store';
import { platformName } from '@/components/platforms/catalogue';
import { HELD } from '@/components/posting/held-words';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Progress } from '@/components/ui/progress';
import { Time } from '@/components/ui/time';
import type { HoldKind } from '@/server/domains/posting-control/schemas';
import { secondsShown } from './countdown';
import { stateInWords } from './publication-state';
import { waitsUntil } from './refresh-interval';

/** How far a publication is, in a sentence. */
export function PublicationStatusText({
  publication: p,
  zone,
  held = null,
}: {
  publication: PublicationItem;
  zone: string;
  /** Why nothing goes out at the moment. */
  held?: HoldKind | null;
}) {
  const due = <Time at={p.dueAt} zone={zone} showZone />;
  const retry = p.retryAt ? <Time at={p.retryAt} zone={zone} style="time" /> : null;
  switch (p.state) {
    case 'published':
      return (
        <>
          Went out <Time at={p.publishedAt ?? p.dueAt} zone={zone} showZone />
          {p.lateByMs !== null && p.lateByMs >= 60_000
            ? `, ${Math.round(p.lateByMs / 60_000)} min after its time`
            : ''}
        </>
      );
    case 'failed':
      return <>Was due {due} and did not go out.</>;
    case 'unknown':
      return <>Was sent {due}; we do not know whether it arrived.</>;
    case 'cancelled':
      return <>Was due {due}. Cancelled.</>;
    case 'awaiting_approval':
      if (!p.connected) return <NotConnected due={due} />;
      return held ? (
        <>
          Due {due}. {HELD[held].title}: it goes out once it is approved and posting is started again.
        </>
      ) : (
        <>Goes out {due} once it is approved.</>
      );
    case 'publishing':
      // A time of another try stays with the row while that try is under way.
      return (
        <>
          Due {due}. {p.retryAt ? 'Tried before; being sent or looked for now.' : 'Being sent now.'}
        </>
      );
    default: {
      if (held)
        return (
          <>
            Due {due}. {HELD[held].title}: it does not go out until posting is started again.
          </>
        );
      if (!p.connected) return <NotConnected due={due} />;
      const until = waitsUntil(p);
      if (until)
        return (
          <>
            Due {due}. Goes out from <Time at={until} zone={zone} showZone />
            <Countdown to={until} />
          </>
        );
      return retry && p.retryAt ? (
        <>
          Could not go out yet; next try {retry}
          <Countdown to={p.retryAt} />
        </>
      ) : (
        <>
          Goes out {due}
          <Countdown to={p.dueAt} />
        </>
      );
    }
  }
}

function NotConnected({ due }: { due: React.ReactNode }) {
  return (
    <>
      Due {due}. It does not go out until its account is{' '}
      <Link href="/connections" className="text-accent underline underline-offset-4">
        connected again
      </Link>
      .
    </>
  );
}

/** " · in 12 s" during the last minute and a half. Only for the eye: the time itself stands beside it. */
function Countdown({ to }: { to: Date }) {
  const at = to.getTime();
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    const look = () => setShown(secondsShown(at - live.now()));
    look();
    const timer = setInterval(look, 1_000);
    return () => clearInterval(timer);
  }, [at]);
  return shown ? (
    <span aria-hidden className="tabular">
      {' '}
      · {shown}
    </span>
  ) : null;
}

const STEP: Partial<Record<PublicationItem['state'], { value: number; label: string }>> = {
  queued: { value: 1, label: 'Waiting for its second' },
  publishing: { value: 2, label: 'Being sent' },
};

/** Which of the steps to being out a publication has taken, as a line along the edge of its row: it moves nothing else. */
export function PublicationProgress({ state }: { state: PublicationItem['state'] }) {
  const step = STEP[state];
  return step ? (
    <Progress
      value={step.value}
      max={3}
      label={step.label}
      className="absolute inset-x-0 top-0 h-0.5! rounded-none!"
    />
  ) : null;
}

/** Says once what became of each publication, to those who do not see it. */
export function PublicationNews({
  publications,
}: {
  publications: readonly Pick<PublicationItem, 'id' | 'state' | 'platform' | 'connectionName'>[];
}) {
  const before = useRef<ReadonlyMap<string, string>>(undefined);
  const [said, setSaid] = useState('');
  useEffect(() => {
    const known = before.current;
    before.current = new Map(publications.map((p) => [p.id, p.state]));
    const news = publications.filter((p) => known?.has(p.id) && known.get(p.id) !== p.state);
    if (news.length > 0)
      setSaid(
        news
          .map((p) => `${platformName(p.platform)}, ${p.connectionName}: ${stateInWords(p.state)}.`)
          .join(' '),
      );
  }, [publications]);
  return (
    <p role="status" className="sr-only">
      {said}
    </p>
  );
}
