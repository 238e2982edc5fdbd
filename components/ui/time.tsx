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

/** An instant in words, in a zone: "Sat, 21 Nov, 14:05". */
export function formatInstant(at: Date | string, zone: string, style: Style = 'datetime'): string {
  return new Intl.DateTimeFormat('en-GB', { ...OPTIONS[style], timeZone: zone }).format(new Date(at));
}

/** The zone's short name at that instant: "GMT+5:45", "CET". */
export function zoneName(at: Date | string, zone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, timeZoneName: 'short' }).formatToParts(
    new Date(at),
  );
  return parts.find((part) => part.type === 'timeZoneName')?.value ?? zone;
}

/** An instant in the workspace's zone, the same on the server and in the browser; its title tells the full time and zone. */
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
  const date = new Date(at);
  const full = new Intl.DateTimeFormat('en-GB', {
    dateStyle: 'full',
    timeStyle: 'medium',
    timeZone: zone,
  }).format(date);
  return (
    <time
      data-slot="time"
      dateTime={date.toISOString()}
      title={`${full}, ${zone}`}
      className={cn('tabular whitespace-nowrap', className)}
    >
      {formatInstant(date, zone, style)}
      {showZone ? ` ${zoneName(date, zone)}` : ''}
    </time>
  );
}
