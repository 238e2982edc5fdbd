'use client';

import { useLocale, useTranslations } from 'next-intl';
import { cn } from '@/components/ui/cn';
import { FieldSet } from '@/components/ui/field';
import { weekdayNames } from '@/components/ui/weekdays';

/** From Monday, as in ISO 8601. */
const DAYS = [1, 2, 3, 4, 5, 6, 7] as const;

/** Weekdays that can be switched on and off. */
export function DayChoice({
  legend,
  value,
  onChange,
  error,
}: {
  legend: string;
  value: readonly number[];
  onChange: (days: number[]) => void;
  error?: string | undefined;
}) {
  const t = useTranslations('forms.days');
  const names = weekdayNames(useLocale());
  return (
    <FieldSet legend={legend} error={error} className="gap-1!">
      <div className="flex flex-wrap gap-1">
        {DAYS.map((day) => {
          const on = value.includes(day);
          return (
            <button
              key={day}
              type="button"
              aria-pressed={on}
              aria-label={names[day - 1]}
              onClick={() =>
                onChange(on ? value.filter((d) => d !== day) : [...value, day].sort((a, b) => a - b))
              }
              className={cn(
                'h-9 min-w-10 rounded-md border px-2 font-medium text-xs',
                on
                  ? 'border-accent bg-accent-subtle text-accent-subtle-foreground'
                  : 'border-input bg-card text-muted-foreground hover:bg-muted',
              )}
            >
              {t(`${day}`)}
            </button>
          );
        })}
      </div>
    </FieldSet>
  );
}
