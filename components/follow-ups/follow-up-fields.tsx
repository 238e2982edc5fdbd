'use client';

import { useTranslations } from 'next-intl';
import { NumberField } from '@/components/forms/number-field';
import { Checkbox } from '@/components/ui/checkbox';
import { Field } from '@/components/ui/field';
import { NativeSelect } from '@/components/ui/native-select';
import { Textarea } from '@/components/ui/textarea';
import { type Rule, waysToRepost } from './rule';

/** Parses a typed number. An empty field is NaN, which the form reports. */
const typed = (text: string): number => (text.trim() === '' ? Number.NaN : Number(text));
const shown = (n: number): string => (Number.isNaN(n) ? '' : String(n));

/** The fields of a rule: the threshold, the time limit, the action and its delay. */
export function FollowUpFields({
  value,
  onChange,
  fields,
  platforms,
}: {
  value: Rule;
  onChange: (rule: Rule) => void;
  /** Errors by field. */
  fields: Record<string, string>;
  /** The platforms that the rule applies to; empty for all. */
  platforms: readonly string[];
}) {
  const t = useTranslations('followUps');
  const error = (name: string) => fields[`followUpRule.${name}`];
  const set = (change: Partial<Rule>) => onChange({ ...value, ...change });
  const { reposts, shares: mayShare, sharing } = waysToRepost(platforms);
  const shares = value.action === 'repost' && mayShare;
  return (
    <div className="grid gap-4">
      <div className="flex flex-wrap items-start gap-3">
        <NumberField
          label={t('label.atLeast')}
          error={error('atLeast')}
          className="w-28"
          name="followUpRule.atLeast"
          value={shown(value.atLeast)}
          onType={(text) => set({ atLeast: typed(text) })}
        />
        <Field label={t('fields.of')} className="w-32">
          <NativeSelect
            value={value.measure}
            onChange={(event) => set({ measure: event.target.value as Rule['measure'] })}
          >
            <option value="likes">{t('fields.measure.likes')}</option>
            <option value="replies">{t('fields.measure.replies')}</option>
            <option value="reposts">{t('fields.measure.reposts')}</option>
          </NativeSelect>
        </Field>
        <NumberField
          label={t('label.withinHours')}
          error={error('withinHours')}
          className="w-28"
          name="followUpRule.withinHours"
          max={168}
          value={shown(value.withinHours)}
          onType={(text) => set({ withinHours: typed(text) })}
        />
      </div>
      <Field
        label={t('fields.then')}
        help={shares ? t(reposts ? 'fields.sharedToo' : 'fields.sharedOnly', sharing) : undefined}
        className="max-w-sm"
      >
        <NativeSelect
          value={value.action}
          onChange={(event) => set({ action: event.target.value as Rule['action'] })}
        >
          <option value="repost">{reposts ? t('fields.repost') : t('fields.share')}</option>
          <option value="follow_up">{t('fields.followUp')}</option>
        </NativeSelect>
      </Field>
      {value.action === 'follow_up' || shares ? (
        <Field
          label={value.action === 'follow_up' ? t('fields.followUpText') : t('fields.sharedText', sharing)}
          optional={value.action === 'repost'}
          error={error('text')}
          className="max-w-prose"
        >
          <Textarea
            name="followUpRule.text"
            rows={3}
            dir="auto"
            value={value.text}
            onChange={(event) => set({ text: event.target.value })}
          />
        </Field>
      ) : null}
      <div className="flex flex-wrap items-start gap-3">
        <Field label={t('fields.when')} className="w-72">
          <NativeSelect
            value={value.wait.kind}
            onChange={(event) => {
              const kind = event.target.value;
              set({
                wait: kind === 'hours' ? { kind, hours: 3 } : { kind: kind === 'next_day' ? kind : 'none' },
              });
            }}
          >
            <option value="none">{t('fields.wait.none')}</option>
            <option value="hours">{t('fields.wait.hours')}</option>
            <option value="next_day">{t('fields.wait.nextDay')}</option>
          </NativeSelect>
        </Field>
        {value.wait.kind === 'hours' ? (
          <NumberField
            label={t('label.hours')}
            error={error('wait.hours')}
            className="w-24"
            name="followUpRule.wait.hours"
            max={168}
            value={shown(value.wait.hours)}
            onType={(text) => set({ wait: { kind: 'hours', hours: typed(text) } })}
          />
        ) : null}
      </div>
      <Field label={t('fields.activeHours')} layout="row">
        <Checkbox
          checked={value.activeHours}
          onCheckedChange={(checked) => set({ activeHours: checked === true })}
        />
      </Field>
      <p className="max-w-prose text-muted-foreground text-sm">{t('fields.hint')}</p>
    </div>
  );
}
