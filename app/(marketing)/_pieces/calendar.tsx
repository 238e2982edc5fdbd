import { cn } from '@/components/ui/cn';
import { Piece } from './piece';

type Entry = { at: string; what: string; state: 'published' | 'scheduled' | 'awaiting' };
const DAYS: { day: string; date: number; entries: Entry[] }[] = [
  { day: 'Mon', date: 13, entries: [{ at: '09:30', what: 'Shortcuts', state: 'published' }] },
  {
    day: 'Tue',
    date: 14,
    entries: [
      { at: '12:00', what: 'Planner tips', state: 'published' },
      { at: '18:45', what: 'Poll', state: 'scheduled' },
    ],
  },
  { day: 'Wed', date: 15, entries: [{ at: '09:30', what: 'Behind it', state: 'awaiting' }] },
  { day: 'Thu', date: 16, entries: [] },
  {
    day: 'Fri',
    date: 17,
    entries: [
      { at: '11:15', what: 'New template', state: 'scheduled' },
      { at: '18:00', what: 'Week in review', state: 'scheduled' },
    ],
  },
];
const STATES = {
  published: { label: 'Published', classes: 'bg-positive-subtle text-positive' },
  scheduled: { label: 'Scheduled', classes: 'bg-muted text-foreground' },
  awaiting: { label: 'Needs approval', classes: 'bg-warning-subtle text-warning' },
} as const;

/** A week of publications. */
export function CalendarPiece() {
  return (
    <Piece title="Calendar" aside="13 – 17 July, CEST" caption="A week of posts, with example data.">
      <ol className="grid grid-cols-1 divide-border max-sm:divide-y sm:grid-cols-5 sm:divide-x">
        {DAYS.map(({ day, date, entries }) => (
          <li key={day} className={cn('min-w-0 p-2.5 sm:min-h-36', entries.length === 0 && 'max-sm:hidden')}>
            <p className="tabular mb-2 text-muted-foreground text-xs">
              {day} <span className="text-foreground">{date}</span>
            </p>
            <ul className="grid gap-1.5">
              {entries.map(({ at, what, state }) => (
                <li key={at} className={cn('rounded-md px-2 py-1.5 text-xs', STATES[state].classes)}>
                  <span className="tabular block">
                    {at}
                    <span className="sr-only">, {STATES[state].label}</span>
                  </span>
                  <span className="block truncate font-medium">{what}</span>
                </li>
              ))}
            </ul>
          </li>
        ))}
      </ol>
      <p
        className="flex flex-wrap gap-x-4 gap-y-1 border-border border-t px-4 py-2.5 text-muted-foreground text-xs"
        aria-hidden
      >
        {Object.values(STATES).map(({ label, classes }) => (
          <span key={label} className="inline-flex items-center gap-1.5">
            <span className={cn('size-2.5 rounded-sm border border-current', classes)} />
            {label}
          </span>
        ))}
      </p>
    </Piece>
  );
}
