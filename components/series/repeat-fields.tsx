'use client';

import { DayChoice } from '@/components/forms/day-choice';
import { NumberField } from '@/components/forms/number-field';
import { dayIn } from '@/components/ui/calendar-day';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import type { RepeatDraft } from './repeat-draft';

const UNITS = [
  ['day', 'days'],
  ['week', 'weeks'],
  ['month', 'months'],
] as const;

/** How a post repeats: every so many days, weeks or months, at a time, until an end. */
export function RepeatFields({
  value,
  onChange,
  fields,
  zone,
  zoneLabel,
  onX,
}: {
  value: RepeatDraft;
  onChange: (change: Partial<RepeatDraft>) => void;
  fields: Record<string, string>;
  zone: string;
  zoneLabel: string;
  /** Whether it goes to X, which refuses the same text twice. */
  onX: boolean;
}) {
  const today = dayIn(new Date(), zone);
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <NumberField
          label="Every"
          error={fields.every}
          className="w-24"
          name="every"
          max={366}
          value={value.every}
          onType={(every) => onChange({ every })}
        />
        <Field label="Unit" className="w-32">
          <NativeSelect
            value={value.unit}
            onChange={(event) => onChange({ unit: event.target.value as RepeatDraft['unit'] })}
          >
            {UNITS.map(([unit, name]) => (
              <option key={unit} value={unit}>
                {name}
              </option>
            ))}
          </NativeSelect>
        </Field>
        <Field label="First day" error={fields.startDay} className="w-44">
          <Input
            name="startDay"
            type="date"
            min={today}
            value={value.startDay}
            onChange={(event) => {
              const startDay = event.target.value;
              const weekday = startDay ? new Date(`${startDay}T00:00:00Z`).getUTCDay() || 7 : null;
              // A week that has no day yet has the first one's.
              onChange({
                startDay,
                ...(weekday && value.weekdays.length === 0 ? { weekdays: [weekday] } : {}),
              });
            }}
          />
        </Field>
        <Field label="Time" error={fields.time} className="w-32">
          <Input
            name="time"
            type="time"
            className="tabular"
            value={value.time}
            onChange={(event) => onChange({ time: event.target.value })}
          />
        </Field>
      </div>
      {value.unit === 'week' ? (
        <DayChoice
          legend="On"
          value={value.weekdays}
          onChange={(weekdays) => onChange({ weekdays })}
          error={fields.weekdays}
        />
      ) : null}
      <div className="flex flex-wrap items-start gap-3">
        <Field label="Ends" className="w-44">
          <NativeSelect
            value={value.ends}
            onChange={(event) => onChange({ ends: event.target.value as RepeatDraft['ends'] })}
          >
            <option value="never">Never</option>
            <option value="on">On a day</option>
            <option value="after">After some times</option>
          </NativeSelect>
        </Field>
        {value.ends === 'on' ? (
          <Field label="Last day" error={fields.until ?? fields['ends.day']} className="w-44">
            <Input
              name="until"
              type="date"
              min={value.startDay || today}
              value={value.until}
              onChange={(event) => onChange({ until: event.target.value })}
            />
          </Field>
        ) : null}
        {value.ends === 'after' ? (
          <NumberField
            label="Times"
            error={fields['ends.count']}
            className="w-28"
            name="count"
            max={1000}
            value={value.count}
            onType={(count) => onChange({ count })}
          />
        ) : null}
      </div>
      <p className="max-w-prose text-muted-foreground text-sm">
        In the workspace's time zone, {zoneLabel}. It stays at this time of day when the clocks change: a time
        that is skipped is the first minute after, one that comes twice is the first of the two.
        {value.unit === 'month' && Number(value.startDay.slice(8)) > 28
          ? ' A shorter month has it on its last day.'
          : ''}
      </p>
      {onX ? (
        <p className="max-w-prose text-sm text-warning">
          X refuses the same text twice. For X, recycle a post with several wordings in Evergreen instead, or
          repeat it rarely.
        </p>
      ) : null}
    </div>
  );
}
