'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { NumberField } from '@/components/forms/number-field';
import { READ_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
import { useGone } from '@/components/shell/use-gone';
import { useTRPC } from '@/components/trpc/client';
import { Field, FieldSet } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { RadioCard, RadioGroup } from '@/components/ui/radio-group';
import { clockTime, parseClockTime, suggestTimes } from '@/server/domains/scheduling/suggest-times';
import { MixField } from './mix-field';
import { OrderField } from './order-field';
import { TimesField } from './times-field';
import { ZoneSelect } from './zone-select';

export interface Automation {
  timeZone: string;
  activeFrom: number;
  activeTo: number;
  postsPerDay: number;
  slots: number[];
  mix: Record<string, number>;
  platformOrder: string[];
  review: 'post_at_once' | 'review_first';
  approvalPolicy: 'approve' | 'reject' | 'keep';
  approvalHours: number;
  version: number;
}

/** Topics are added and removed independently, because each has its own share. */
const BY_ENTRY = ['mix'] as const;

/** When, what and how the workspace posts. In onboarding, saving leads to `next`; in the settings, the page stays. */
export function AutomationForm(props: {
  initial: Automation;
  limit: number | null;
  zones: string[];
  topicNames: Record<string, string>;
  platformNames: Record<string, string>;
  /** Where to go after saving. */
  next?: string;
  /** The zone is selected elsewhere on the page; here it is only displayed. */
  zoneElsewhere?: boolean;
  /** Adopts the browser's zone if none was selected. */
  detectZone?: boolean;
  /** false for members who may view but not change it. */
  editable?: boolean;
}) {
  const t = useTranslations('setup');
  const trpc = useTRPC();
  const router = useRouter();
  const gone = useGone();
  const save = useMutation(trpc.onboarding.saveAutomation.mutationOptions());
  const form = useAppForm({
    now: props.initial,
    byEntry: BY_ENTRY,
    schema: () => import('@/server/domains/onboarding/schemas').then((m) => m.automationInput),
    send: (input) => save.mutateAsync(input),
    answered: ({ version }) => ({ version }),
    onSaved: () => (props.next && !gone() ? router.push(props.next) : router.refresh()),
    onFailed: ({ code }) => {
      // Loads the other user's change into the form, so that the next attempt succeeds. Typed values stay.
      if (code === 'conflict') router.refresh();
    },
  });
  const { value, set: change } = form;
  const [detected, setDetected] = useState(false);
  /** The times depend on the hours and the number of posts, so they are suggested again. */
  const reshape = (part: Partial<Automation>) => {
    const next = { ...value, ...part };
    const slots = suggestTimes({ from: next.activeFrom, to: next.activeTo, count: next.postsPerDay });
    change({ ...part, slots });
  };

  const { detectZone } = props;
  const unset = props.initial.timeZone === 'UTC';
  useEffect(() => {
    if (!detectZone || !unset) return;
    const reported = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!reported || reported === 'UTC') return;
    let left = false;
    // The browser may report a name that was replaced since. The list of those is long, so only this page loads it.
    import('@/server/foundation/zones/time-zones').then(
      ({ canonicalTimeZone, isTimeZone }) => {
        const zone = isTimeZone(reported) ? canonicalTimeZone(reported) : 'UTC';
        if (left || zone === 'UTC') return;
        change({ timeZone: zone });
        setDetected(true);
      },
      // Without the list the user chooses the zone.
      () => {},
    );
    return () => {
      left = true;
    };
  }, [detectZone, unset, change]);

  // An error of a list's element (slots.3, mix.tech) is shown at the list.
  const fields: Record<string, string> = {};
  for (const [path, text] of Object.entries(form.fields)) fields[path.split('.')[0] ?? path] ??= text;

  const labels = {
    timeZone: t('automation.zone.label'),
    activeFrom: t('automation.hours.activeFrom'),
    activeTo: t('automation.hours.activeTo'),
    postsPerDay: t('automation.postsPerDay.label'),
    slots: t('automation.times.legend'),
    mix: t('automation.mix.legend'),
    platformOrder: t('automation.order.label'),
    approvalHours: t('automation.review.hours'),
  };
  const max = props.limit ?? 500;
  // In onboarding another page follows, so anything typed from here on would be lost.
  const leaving = !!props.next && (form.saving || save.isSuccess);

  return (
    <form onSubmit={form.submit} noValidate className="grid gap-8">
      <FormErrors message={form.message} fields={fields} labels={labels} />
      <fieldset disabled={props.editable === false || leaving} className="contents">
        <div className="grid gap-5">
          {props.zoneElsewhere ? (
            <p className="text-muted-foreground">
              {t('automation.zone.elsewhere', { zone: value.timeZone.replaceAll('_', ' ') })}
            </p>
          ) : (
            <Field
              label={labels.timeZone}
              help={detected ? t('automation.zone.detected') : t('automation.zone.help')}
              error={fields.timeZone}
            >
              <ZoneSelect
                name="timeZone"
                zones={props.zones}
                value={value.timeZone}
                onChange={(event) => change({ timeZone: event.target.value })}
              />
            </Field>
          )}
          <FieldSet legend={t('automation.hours.legend')} help={t('automation.hours.help')}>
            <div className="grid grid-cols-2 gap-3">
              {(['activeFrom', 'activeTo'] as const).map((name) => (
                <Field key={name} label={labels[name]} error={fields[name]}>
                  <Input
                    name={name}
                    type="time"
                    className="tabular"
                    value={clockTime(value[name])}
                    onChange={(event) => {
                      const minute = parseClockTime(event.target.value);
                      if (minute !== null) reshape({ [name]: minute });
                    }}
                  />
                </Field>
              ))}
            </div>
          </FieldSet>
          <NumberField
            label={labels.postsPerDay}
            help={
              props.limit === null
                ? t('automation.postsPerDay.unlimited')
                : t('automation.postsPerDay.limit', { limit: props.limit })
            }
            error={fields.postsPerDay}
            narrow
            name="postsPerDay"
            max={max}
            value={value.postsPerDay || ''}
            onType={(text) => reshape({ postsPerDay: Math.min(500, Math.trunc(Number(text) || 0)) })}
          />
          <TimesField
            slots={value.slots}
            zone={value.timeZone.replaceAll('_', ' ')}
            error={fields.slots}
            onChange={(slots) => change({ slots })}
            onSuggest={() => reshape({})}
          />
        </div>
        <MixField
          names={props.topicNames}
          mix={value.mix}
          error={fields.mix}
          onChange={(mix) => change({ mix })}
        />
        {value.platformOrder.length > 1 ? (
          <OrderField
            names={props.platformNames}
            order={value.platformOrder}
            error={fields.platformOrder}
            onChange={(platformOrder) => change({ platformOrder })}
          />
        ) : null}
        <FieldSet legend={t('automation.review.legend')}>
          <RadioGroup
            value={value.review}
            onValueChange={(review) =>
              change({ review: review === 'post_at_once' ? review : 'review_first' })
            }
          >
            <RadioCard
              value="review_first"
              title={t('automation.review.first')}
              description={t('automation.review.firstMeans')}
            />
            <RadioCard
              value="post_at_once"
              title={t('automation.review.atOnce')}
              description={t('automation.review.atOnceMeans')}
            />
          </RadioGroup>
          {value.review === 'review_first' ? (
            <div className="mt-2 grid gap-4 sm:grid-cols-2">
              <Field label={t('automation.review.undecided')}>
                <NativeSelect
                  name="approvalPolicy"
                  value={value.approvalPolicy}
                  onChange={(event) =>
                    change({ approvalPolicy: event.target.value as Automation['approvalPolicy'] })
                  }
                >
                  <option value="keep">{t('automation.review.keep')}</option>
                  <option value="approve">{t('automation.review.approve')}</option>
                  <option value="reject">{t('automation.review.reject')}</option>
                </NativeSelect>
              </Field>
              <NumberField
                label={labels.approvalHours}
                help={t('automation.review.hoursHelp')}
                error={fields.approvalHours}
                narrow
                name="approvalHours"
                max={168}
                value={value.approvalHours || ''}
                onType={(text) => change({ approvalHours: Math.trunc(Number(text) || 0) })}
              />
            </div>
          ) : null}
        </FieldSet>
        <SaveRow
          size={props.next ? 'lg' : 'default'}
          saving={form.saving || leaving}
          saved={form.saved}
          blocked={props.editable === false ? READ_ONLY : null}
        >
          {props.next ? t('automation.finish') : t('save')}
        </SaveRow>
      </fieldset>
    </form>
  );
}
