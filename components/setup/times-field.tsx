'use client';

import { useTranslations } from 'next-intl';
import { Button } from '@/components/ui/button';
import { FieldSet } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { clockTime, parseClockTime } from '@/server/domains/scheduling/suggest-times';

/** The posting times of a day: suggested, but editable. */
export function TimesField(props: {
  slots: number[];
  zone: string;
  error?: string | undefined;
  onChange: (slots: number[]) => void;
  onSuggest: () => void;
}) {
  const t = useTranslations('setup.automation.times');
  return (
    <FieldSet legend={t('legend')} help={t('help', { zone: props.zone })} error={props.error}>
      <div className="flex max-h-64 flex-wrap gap-2 overflow-y-auto p-0.5">
        {props.slots.map((slot, index) => (
          <Input
            // The position is what a time is: two may be equal while one is being typed.
            // biome-ignore lint/suspicious/noArrayIndexKey: see above
            key={index}
            type="time"
            aria-label={t('post', { number: index + 1 })}
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
          {t('again')}
        </Button>
      </div>
    </FieldSet>
  );
}
