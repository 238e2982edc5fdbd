import { useLocale, useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { daysOfJuly, weekdayOfJuly } from './july';
import { Piece } from './piece';

type Entry = {
  at: string;
  post: 'shortcuts' | 'tips' | 'poll' | 'behind' | 'template' | 'review';
  state: keyof typeof STATES;
};
const DAYS: { date: number; entries: Entry[] }[] = [
  { date: 13, entries: [{ at: '09:30', post: 'shortcuts', state: 'published' }] },
  {
    date: 14,
    entries: [
      { at: '12:00', post: 'tips', state: 'published' },
      { at: '18:45', post: 'poll', state: 'scheduled' },
    ],
  },
  { date: 15, entries: [{ at: '09:30', post: 'behind', state: 'awaiting_approval' }] },
  { date: 16, entries: [] },
  {
    date: 17,
    entries: [
      { at: '11:15', post: 'template', state: 'scheduled' },
      { at: '18:00', post: 'review', state: 'scheduled' },
    ],
  },
];
const STATES = {
  published: 'bg-positive-subtle text-positive',
  scheduled: 'bg-muted text-foreground',
  awaiting_approval: 'bg-warning-subtle text-warning',
} as const;

/** A sample week of publications. */
export function CalendarPiece() {
  const t = useTranslations('marketing.pieces.calendar');
  const states = useTranslations('facts.publicationStates');
  const locale = useLocale();
  return (
    <Piece title={t('title')} aside={t('week', { days: daysOfJuly(13, 17, locale) })} caption={t('caption')}>
      <ol className="grid grid-cols-1 divide-border max-sm:divide-y sm:grid-cols-5 sm:divide-x">
        {DAYS.map(({ date, entries }) => (
          <li key={date} className={cn('min-w-0 p-2.5 sm:min-h-36', entries.length === 0 && 'max-sm:hidden')}>
            <p className="tabular mb-2 text-muted-foreground text-xs">
              {t.rich('day', {
                weekday: weekdayOfJuly(date, locale),
                date: () => <span className="text-foreground">{date}</span>,
              })}
            </p>
            <ul className="grid gap-1.5">
              {entries.map(({ at, post, state }) => (
                <li key={at} className={cn('rounded-md px-2 py-1.5 text-xs', STATES[state])}>
                  <span className="tabular block">
                    {at}
                    <span className="sr-only">, {states(state)}</span>
                  </span>
                  <span className="block truncate font-medium">{t(`posts.${post}`)}</span>
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
        {(['published', 'scheduled', 'awaiting_approval'] as const).map((state) => (
          <span key={state} className="inline-flex items-center gap-1.5">
            <span className={cn('size-2.5 rounded-sm border border-current', STATES[state])} />
            {states(state)}
          </span>
        ))}
      </p>
    </Piece>
  );
}
