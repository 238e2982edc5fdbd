'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import { NumberField } from '@/components/forms/number-field';
import { LOOK_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
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

const LABELS = {
  timeZone: 'Time zone',
  activeFrom: 'From',
  activeTo: 'To',
  postsPerDay: 'Posts a day',
  slots: 'Suggested times',
  mix: 'Mix',
  platformOrder: 'Platforms',
  approvalHours: 'Hours to decide',
};

/** Topics come and go by themselves: each has its own share. */
const BY_ENTRY = ['mix'] as const;

/** When, what and how the workspace posts. In onboarding it leads on to `next`; in the settings it stays. */
export function AutomationForm(props: {
  initial: Automation;
  limit: number | null;
  zones: string[];
  topicNames: Record<string, string>;
  platformNames: Record<string, string>;
  /** Where to go when it is saved. */
  next?: string;
  /** The zone is chosen elsewhere on the page; here it is only named. */
  zoneElsewhere?: boolean;
  /** Take the browser's zone where nobody chose one. */
  detectZone?: boolean;
  /** false for people who may look but not change. */
  editable?: boolean;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const save = useMutation(trpc.onboarding.saveAutomation.mutationOptions());
  const form = useAppForm({
    now: props.initial,
    byEntry: BY_ENTRY,
    schema: () => import('@/server/domains/onboarding/schemas').then((m) => m.automationInput),
    send: (input) => save.mutateAsync(input),
    answered: ({ version }) => ({ version }),
    onSaved: () => (props.next ? router.push(props.next) : router.refresh()),
    onFailed: ({ code }) => {
      // Somebody else's change comes into the form, so that the next try holds. What was typed stays.
      if (code === 'conflict') router.refresh();
    },
  });
  const { value, set: change } = form;
  const [detected, setDetected] = useState(false);
  /** Hours and number decide the times, so they are suggested again. */
  const reshape = (part: Partial<Automation>) => {
    const next = { ...value, ...part };
    const slots = suggestTimes({ from: next.activeFrom, to: next.activeTo, count: next.postsPerDay });
    change({ ...part, slots });
  };

  const { detectZone } = props;
  const unset = props.initial.timeZone === 'UTC';
  useEffect(() => {
    if (!detectZone || !unset) return;
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (!zone || zone === 'UTC') return;
    change({ timeZone: zone });
    setDetected(true);
  }, [detectZone, unset, change]);

  // A wrong element of a list (slots.3, mix.tech) is shown at the list.
  const fields: Record<string, string> = {};
  for (const [path, text] of Object.entries(form.fields)) fields[path.split('.')[0] ?? path] ??= text;

  const max = props.limit ?? 500;
  // In onboarding another page follows: what is typed from here on would be gone.
  const leaving = !!props.next && (form.saving || save.isSuccess);

  return (
    <form onSubmit={form.submit} noValidate className="grid gap-8">
      <FormErrors message={form.message} fields={fields} labels={LABELS} />
      <fieldset disabled={props.editable === false || leaving} className="contents">
        <div className="grid gap-5">
          {props.zoneElsewhere ? (
            <p className="text-muted-foreground">
              All times are in {value.timeZone.replaceAll('_', ' ')}, the workspace’s zone.
            </p>
          ) : (
            <Field
              label="Time zone"
              help={
                detected
                  ? 'Detected from your browser. All times on this page are in this zone.'
                  : 'All times on this page are in this zone.'
              }
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
          <FieldSet
            legend="Active hours"
            help="Posts go out between these times. They may run past midnight."
          >
            <div className="grid grid-cols-2 gap-3">
              {(['activeFrom', 'activeTo'] as const).map((name) => (
                <Field key={name} label={LABELS[name]} error={fields[name]}>
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
            label="Posts a day"
            help={
              props.limit === null ? 'Your plan has no limit.' : `Your plan has up to ${props.limit} a day.`
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
        <FieldSet legend="Before a post goes out">
          <RadioGroup
            value={value.review}
            onValueChange={(review) =>
              change({ review: review === 'post_at_once' ? review : 'review_first' })
            }
          >
            <RadioCard
              value="review_first"
              title="Review first"
              description="What operators send waits in To do until an owner or a manager approves it. What owners and managers send is approved by sending it."
            />
            <RadioCard
              value="post_at_once"
              title="Post at once"
              description="Posts go out at their time without a question."
            />
          </RadioGroup>
          {value.review === 'review_first' ? (
            <div className="mt-2 grid gap-4 sm:grid-cols-2">
              <Field label="If nobody decides in time">
                <NativeSelect
                  name="approvalPolicy"
                  value={value.approvalPolicy}
                  onChange={(event) =>
                    change({ approvalPolicy: event.target.value as Automation['approvalPolicy'] })
                  }
                >
                  <option value="keep">Keep it paused</option>
                  <option value="approve">Approve it</option>
                  <option value="reject">Reject it</option>
                </NativeSelect>
              </Field>
              <NumberField
                label="Hours to decide"
                help="From 1 to 168."
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
          blocked={props.editable === false ? LOOK_ONLY : null}
        >
          {props.next ? 'Finish' : 'Save'}
        </SaveRow>
      </fieldset>
    </form>
  );
}
