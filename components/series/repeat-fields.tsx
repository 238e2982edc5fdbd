'use client';

import { useTranslations } from 'next-intl';
import { DayChoice } from '@/components/forms/day-choice';
import { NumberField } from '@/components/forms/number-field';
import { platformName } from '@/components/platforms/catalogue';
import { sameTextDays } from '@/components/platforms/repeats';
import { dayIn } from '@/components/ui/calendar-day';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import type { RepeatDraft } from './repeat-draft';

const UNITS = ['day', 'week', 'month'] as const;

/** Edits how a post repeats: every few days, weeks or months, at a time, until an end. */
export function RepeatFields({
  value,
  onChange,
  fields,
  zone,
  zoneLabel,
  platforms,
}: {
  value: RepeatDraft;
  onChange: (change: Partial<RepeatDraft>) => void;
  fields: Record<string, string>;
  zone: string;
  zoneLabel: string;
  /** The platforms that it goes to. */
  platforms: readonly string[];
}) {
  const t = useTranslations('series.fields');
  const today = dayIn(new Date(), zone);
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <NumberField
          label={t('every')}
          error={fields.every}
          className="w-24"
          name="every"
          max={366}
          value={value.every}
          onType={(every) => onChange({ every })}
        />
        <Field label={t('unit')} className="w-32">
          <NativeSelect
            value={value.unit}
            onChange={(event) => onChange({ unit: event.target.value as RepeatDraft['unit'] })}
          >
            {UNITS.map((unit) => (
              <option key={unit} value={unit}>
                {t(`units.${unit}`)}
              </option>
            ))}
          </NativeSelect>
        </Field>
        <Field label={t('firstDay')} error={fields.startDay} className="w-44">
          <Input
            name="startDay"
            type="date"
            min={today}
            value={value.startDay}
            onChange={(event) => {
              const startDay = event.target.value;
              const weekday = startDay ? new Date(`${startDay}T00:00:00Z`).getUTCDay() || 7 : null;
              // A weekly repeat without a weekday gets that of the first day.
              onChange({
                startDay,
                ...(weekday && value.weekdays.length === 0 ? { weekdays: [weekday] } : {}),
              });
            }}
          />
        </Field>
        <Field label={t('time')} error={fields.time} className="w-32">
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
          legend={t('weekdays')}
          value={value.weekdays}
          onChange={(weekdays) => onChange({ weekdays })}
          error={fields.weekdays}
        />
      ) : null}
      <div className="flex flex-wrap items-start gap-3">
        <Field label={t('ends')} className="w-44">
          <NativeSelect
            value={value.ends}
            onChange={(event) => onChange({ ends: event.target.value as RepeatDraft['ends'] })}
          >
            <option value="never">{t('never')}</option>
            <option value="on">{t('on')}</option>
            <option value="after">{t('after')}</option>
          </NativeSelect>
        </Field>
        {value.ends === 'on' ? (
          <Field label={t('lastDay')} error={fields.until ?? fields['ends.day']} className="w-44">
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
            label={t('times')}
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
        {t('clocks', { zone: zoneLabel })}
        {value.unit === 'month' && Number(value.startDay.slice(8)) > 28 ? ` ${t('shortMonth')}` : ''}
      </p>
      {[...new Set(platforms)].filter(sameTextDays).map((platform) => (
        <p key={platform} className="max-w-prose text-sm text-warning">
          {t('sameText', { platform: platformName(platform) })}
        </p>
      ))}
    </div>
  );
}
