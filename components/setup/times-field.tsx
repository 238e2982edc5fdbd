'use client';

import { Button } from '@/components/ui/button';
import { FieldSet } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { clockTime, parseClockTime } from '@/server/domains/scheduling/suggest-times';

/** The times of the posts of a day: suggested, and free to change. */
export function TimesField(props: {
  slots: number[];
  zone: string;
  error?: string | undefined;
  onChange: (slots: number[]) => void;
  onSuggest: () => void;
}) {
  return (
    <FieldSet
      legend="Suggested times"
      help={`Spread evenly over the active hours, in ${props.zone} time. Change any of them.`}
      error={props.error}
    >
      <div className="flex max-h-64 flex-wrap gap-2 overflow-y-auto p-0.5">
        {props.slots.map((slot, index) => (
          <Input
            // The position is what a time is: two may be equal while one is being typed.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={index}
            type="time"
            aria-label={`Post ${index + 1}`}
            className="tabular w-36!"
            value={clockTime(slot)}
            onChange={(event) => {
              const minute = parseClockTime(event.target.value);
              if (minute !== null)
                props.onChange(props.slots.map((other, at) => (at === index ? minute : other)));
            }}
          />
        ))}
      </div>
      <div>
        <Button variant="outline" size="sm" onClick={props.onSuggest}>
          Suggest again
        </Button>
      </div>
    </FieldSet>
  );
}
