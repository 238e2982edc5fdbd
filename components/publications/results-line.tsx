'use client';

import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { live } from '@/components/live/store';
import { Time } from '@/components/ui/time';
import { intlTag } from '@/i18n/locales';
import type { PublicationWords } from './words';

interface Numbers {
  likes: number | null;
  replies: number | null;
  reposts: number | null;
  views?: number | null;
  readAt: Date | null;
}
const UNITS = ['likes', 'replies', 'reposts', 'views'] as const;

/** "12 likes · 3 replies · read 5 minutes ago". An unknown number is left out and never shown as 0. */
export function ResultsLine({ results, zone }: { results: Numbers; zone: string }) {
  const t = useTranslations('publications');
  if (!results.readAt) return null;
  const known = UNITS.flatMap((unit) => {
    const count = results[unit];
    return typeof count === 'number' ? [t(`results.${unit}`, { count })] : [];
  });
  return (
    <span className="tabular" data-slot="results">
      {known.length > 0 ? known.join(' · ') : t('results.none')} · <Ago at={results.readAt} zone={zone} />
    </span>
  );
}

/** "read 5 minutes ago"; before the page runs in the browser, the time itself. */
function Ago({ at, zone }: { at: Date; zone: string }) {
  const t = useTranslations('publications');
  const locale = useLocale();
  const time = at.getTime();
  const [shown, setShown] = useState<string | null>(null);
  useEffect(() => {
    const look = () => setShown(agoInWords(live.now() - time, locale, t));
    look();
    const timer = setInterval(look, 30_000);
    return () => clearInterval(timer);
  }, [time, locale, t]);
  return t.rich('results.read', { when: () => shown ?? <Time at={at} zone={zone} /> });
}

/** "just now", "5 minutes ago", "3 hours ago", "2 days ago". */
export function agoInWords(ms: number, locale: string, t: PublicationWords): string {
  const minutes = Math.floor(ms / 60_000);
  const format = new Intl.RelativeTimeFormat(intlTag(locale));
  const ago = (n: number, unit: 'minute' | 'hour' | 'day') => format.format(-n, unit);
  if (minutes < 1) return t('results.now');
  if (minutes < 60) return ago(minutes, 'minute');
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? ago(hours, 'hour') : ago(Math.floor(hours / 24), 'day');
}
