'use client';

import { cn } from '@/components/ui/cn';
import { FieldSet } from '@/components/ui/field';
import { WEEKDAYS } from '@/components/ui/weekdays';

/** Days of the week, each on or off. */
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
  return (
    <FieldSet legend={legend} error={error} className="gap-1!">
      <div className="flex flex-wrap gap-1">
        {WEEKDAYS.map((name, i) => {
          const day = i + 1;
          const on = value.includes(day);
          return (
            <button
              key={name}
              type="button"
              aria-pressed={on}
              aria-label={name}
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
              {name.slice(0, 2)}
            </button>
          );
        })}
      </div>
    </FieldSet>
  );
}
