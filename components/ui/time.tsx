import { useLocale } from 'next-intl';
import { intlTag } from '@/i18n/locales';
import { zoneHere } from '@/server/foundation/zones/zone-here';
import { cn } from './cn';

type Style = 'time' | 'date' | 'datetime' | 'day';

const OPTIONS: Record<Style, Intl.DateTimeFormatOptions> = {
  time: { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' },
  date: { day: 'numeric', month: 'short', year: 'numeric' },
  day: { weekday: 'short', day: 'numeric', month: 'short' },
  datetime: {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  },
};

/** Formatters are far more expensive to create than to use, and a page has hundreds of times in one zone. */
const formatters = new Map<string, Intl.DateTimeFormat>();
function formatter(
  locale: string,
  zone: string,
  key: string,
  options: Intl.DateTimeFormatOptions,
): Intl.DateTimeFormat {
  const name = `${locale} ${zone} ${key}`;
  let found = formatters.get(name);
  if (!found) {
    found = new Intl.DateTimeFormat(intlTag(locale), { ...options, timeZone: zoneHere(zone) });
    formatters.set(name, found);
  }
  return found;
}

/** Formats an instant in a zone: "Sat, 21 Nov, 14:05". */
export function formatInstant(
  at: Date | string,
  zone: string,
  style: Style = 'datetime',
  locale: string = 'en',
): string {
  return formatter(locale, zone, style, OPTIONS[style]).format(new Date(at));
}

/** Returns the zone's short name at that instant: "GMT+5:45", "CET". */
export function zoneName(at: Date | string, zone: string, locale: string = 'en'): string {
  const parts = formatter(locale, zone, 'zone', { timeZoneName: 'short' }).formatToParts(new Date(at));
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** An instant in the workspace's zone, the same on the server and in the browser; its title has the full time and zone. */
export function Time({
  at,
  zone,
  style = 'datetime',
  showZone = false,
  className,
}: {
  at: Date | string;
  zone: string;
  style?: Style;
  showZone?: boolean;
  className?: string;
}) {
  const locale = useLocale();
  const date = new Date(at);
  const full = formatter(locale, zone, 'full', { dateStyle: 'full', timeStyle: 'medium' }).format(date);
  return (
    <time
      data-slot="time"
      dateTime={date.toISOString()}
      title={`${full}, ${zone}`}
      className={cn('tabular whitespace-nowrap', className)}
    >
      {formatInstant(date, zone, style, locale)}
      {showZone ? ` ${zoneName(date, zone, locale)}` : ''}
    </time>
  );
}
