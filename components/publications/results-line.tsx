'use client';

import { useEffect, useState } from 'react';
import { live } from '@/components/live/store';
import { Time } from '@/components/ui/time';

interface Numbers {
  likes: number | null;
  replies: number | null;
  reposts: number | null;
  views?: number | null;
  readAt: Date | null;
}
const UNITS = [
  ['likes', 'like', 'likes'],
  ['replies', 'reply', 'replies'],
  ['reposts', 'repost', 'reposts'],
  ['views', 'view', 'views'],
] as const;

/** "12 likes · 3 replies · read 5 minutes ago". A number that is not known is left out, and is never shown as 0. */
export function ResultsLine({ results, zone }: { results: Numbers; zone: string }) {
  if (!results.readAt) return null;
  const known = UNITS.flatMap(([key, one, more]) => {
    const n = results[key];
    return typeof n === 'number' ? [`${n.toLocaleString('en-US')} ${n === 1 ? one : more}`] : [];
  });
  return (
    <span className="tabular" data-slot="results">
      {known.length > 0 ? known.join(' · ') : 'No numbers were told'} ·{' '}
      <Ago at={results.readAt} zone={zone} />
    </span>
  );
}

/** "read 5 minutes ago", and until the page runs in the browser the time itself. */
function Ago({ at, zone }: { at: Date; zone: string }) {
  const time = at.getTime();
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    const look = () => setShown(agoInWords(live.now() - time));
    look();
    const timer = setInterval(look, 30_000);
    return () => clearInterval(timer);
  }, [time]);
  return <>read {shown ?? <Time at={at} zone={zone} />}</>;
}

/** "just now", "5 minutes ago", "3 hours ago", "2 days ago". */
export function agoInWords(ms: number): string {
  const minutes = Math.floor(ms / 60_000);
  const ago = (n: number, unit: string) => `${n} ${unit}${n === 1 ? '' : 's'} ago`;
  if (minutes < 1) return 'just now';
  if (minutes < 60) return ago(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? ago(hours, 'hour') : ago(Math.floor(hours / 24), 'day');
}
