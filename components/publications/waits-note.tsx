import { useLocale, useTranslations } from 'next-intl';
import type { PublicationItem } from '@/components/trpc/outputs';
import { formatInstant } from '@/components/ui/time';
import { waitsUntil } from './refresh-interval';
import type { PublicationWords } from './words';

type Waiting = Pick<PublicationItem, 'dueAt' | 'waits'>;

/** Returns why a due publication has not been published and until when it waits, or null if it does not wait. */
export function waitReason(
  publication: Waiting,
  zone: string,
  t: PublicationWords,
  locale: string,
): string | null {
  const until = waitsUntil(publication);
  if (!until) return null;
  const sameDay = formatInstant(until, zone, 'date') === formatInstant(publication.dueAt, zone, 'date');
  const time = formatInstant(until, zone, sameDay ? 'time' : 'datetime', locale);
  const why = publication.waits?.why?.text;
  return why ? t('waits.why', { why, time }) : t('waits.from', { time });
}

/** The same as a line below a publication; renders nothing if it does not wait. */
export function WaitsNote({ publication, zone }: { publication: Waiting; zone: string }) {
  const words = waitReason(publication, zone, useTranslations('publications'), useLocale());
  return words ? <p className="wrap-anywhere text-muted-foreground text-xs">{words}</p> : null;
}
