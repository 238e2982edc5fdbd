'use client';

import { CalendarClock, ListPlus, Repeat, Send } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useId, useRef, useState } from 'react';
import { ScheduleWarnings, useWarningCount } from '@/components/preflight/schedule-warnings';
import type { CheckRequest } from '@/components/preflight/use-schedule-check';
import type { ShownError } from '@/components/trpc/app-error';
import type { Connection } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { wallClock } from '@/components/ui/calendar-day';
import { Card, CardContent } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group';
import { Skeleton } from '@/components/ui/skeleton';
import type { HoldKind } from '@/server/domains/posting-control/schemas';
import type { Draft } from './draft';
import type { Busy } from './use-publish';
import { useReservedHeight } from './use-reserved-height';

// Without a fallback, the page's skeleton would replace the whole page and the focus would be lost.
const Loading = () => <Skeleton className="h-24" />;
// Most posts go out now or at one time; the other parts are loaded when they are chosen.
const SlotPreview = dynamic(() => import('./slot-preview').then((m) => m.SlotPreview), { loading: Loading });
const FollowUpChoice = dynamic(
  () => import('@/components/follow-ups/follow-up-choice').then((m) => m.FollowUpChoice),
  {
    loading: Loading,
  },
);
const RepeatFields = dynamic(() => import('@/components/series/repeat-fields').then((m) => m.RepeatFields), {
  loading: Loading,
});

const TIMINGS = [
  { when: 'now', icon: Send },
  { when: 'queue', icon: ListPlus },
  { when: 'at', icon: CalendarClock },
  { when: 'repeat', icon: Repeat },
] as const;

/** When the post is published, and the button that sends it. */
export function SendPanel({
  draft,
  patch,
  zone,
  zoneLabel,
  accounts,
  blocked,
  error,
  busy,
  review,
  check,
  held,
  second,
  onSend,
}: {
  draft: Draft;
  patch: (change: Partial<Draft> | ((now: Draft) => Partial<Draft>)) => void;
  zone: string;
  zoneLabel: string;
  /** The accounts that the post is sent to. */
  accounts: readonly Connection[];
  /** Why it cannot be sent yet, as text; null if it can. */
  blocked: string | null;
  error: ShownError | null;
  busy: Busy;
  /** Whether posts need an approval first. */
  review: boolean;
  /** The input of the checks before sending; null if there is nothing to send. */
  check: CheckRequest | null;
  /** Why posting is on hold, if it is. */
  held: HoldKind | null;
  /** Saving is the main purpose of the page, so sending is secondary. */
  second: boolean;
  onSend: () => void;
}) {
  const t = useTranslations('compose.send');
  const holds = useTranslations('posting.held');
  const timing = TIMINGS.find((each) => each.when === draft.when) ?? TIMINGS[0];
  const unset =
    (draft.when === 'at' && !draft.local) ||
    (draft.when === 'repeat' && (!draft.repeat.startDay || !draft.repeat.time));
  const goes = [
    held ? t('held', { held: holds(`${held}.title`) }) : null,
    t(review ? 'goesOnceApproved' : 'goes', { count: accounts.length }),
  ]
    .filter(Boolean)
    .join(' ');
  const suggestion = error?.details.suggestion;
  const warnings = useWarningCount();
  const warningsId = useId();
  const { kept, content } = useReservedHeight<HTMLDivElement>();
  const [more, setMore] = useState(false);
  /** Set when the button that opens the section is pressed, because the button disappears and the section takes the focus. */
  const focusMore = useRef(false);
  return (
    <div className="grid grid-cols-1 gap-4">
      <Card>
        <CardContent className="grid gap-4">
          <RadioGroup
            aria-label={t('when')}
            value={draft.when}
            onValueChange={(when) =>
              patch({ when: TIMINGS.find((each) => each.when === when)?.when ?? 'now' })
            }
            className="flex! flex-wrap gap-x-8 gap-y-2"
          >
            {TIMINGS.map(({ when }) => (
              <label key={when} htmlFor={`when-${when}`} className="flex min-h-6 items-center gap-2">
                <RadioGroupItem id={`when-${when}`} value={when} /> {t(`way.${when}`)}
              </label>
            ))}
          </RadioGroup>
          {draft.when === 'queue' ? (
            <SlotPreview accounts={accounts} topicId={draft.topicId} zone={zone} />
          ) : null}
          {draft.when === 'repeat' ? (
            <RepeatFields
              value={draft.repeat}
              onChange={(change) => patch((now) => ({ repeat: { ...now.repeat, ...change } }))}
              fields={error?.fields ?? {}}
              zone={zone}
              zoneLabel={zoneLabel}
              platforms={accounts.map((account) => account.platform)}
            />
          ) : null}
          {draft.when === 'at' ? (
            <Field
              label={t('time.label')}
              help={t('time.help', { zone: zoneLabel })}
              error={error?.fields.when ?? error?.fields['when.local']}
              className="max-w-sm"
            >
              <Input
                type="datetime-local"
                name="when"
                value={draft.local}
                min={wallClock(new Date(), zone)}
                onChange={(event) => patch({ local: event.target.value })}
              />
            </Field>
          ) : null}
          {typeof suggestion === 'string' ? (
            <Button
              variant="outline"
              size="sm"
              className="w-fit"
              onClick={() => patch({ local: suggestion })}
            >
              {t('use', { time: suggestion.replace('T', ' ') })}
            </Button>
          ) : null}
          {draft.when === 'repeat' ? (
            <p
              className={cn(
                'max-w-prose text-sm',
                draft.followUpRule === undefined ? 'text-muted-foreground' : 'text-warning',
              )}
            >
              {t(draft.followUpRule === undefined ? 'repeats.follows' : 'repeats.noRule')}{' '}
              {t('repeats.eachDay')}
            </p>
          ) : more ? (
            <FollowUpChoice
              value={draft.followUpRule}
              onChange={(followUpRule) => patch({ followUpRule })}
              takeFocus={focusMore}
              fields={error?.fields ?? {}}
              platforms={accounts.map((account) => account.platform)}
            />
          ) : (
            <Button
              variant="outline"
              size="sm"
              className="w-fit"
              onClick={() => {
                focusMore.current = true;
                setMore(true);
              }}
            >
              {t(
                draft.followUpRule
                  ? 'followUp.rule'
                  : draft.followUpRule === null
                    ? 'followUp.nothing'
                    : 'followUp.open',
              )}
            </Button>
          )}
          <div className="flex flex-wrap items-start gap-x-4 gap-y-2">
            <Button
              variant={second ? 'outline' : 'default'}
              aria-describedby={warnings.count > 0 ? warningsId : undefined}
              onClick={onSend}
              loading={busy !== null && busy !== 'save'}
              disabled={busy !== null || blocked !== null || unset}
            >
              <timing.icon aria-hidden />
              {t(
                `${warnings.count > 0 ? 'anyway' : 'button'}.${held && timing.when === 'now' ? 'resumed' : timing.when}`,
              )}
            </Button>
            <p className="min-w-0 flex-1 basis-60 py-2 text-muted-foreground text-sm">
              {blocked ?? (unset ? t(draft.when === 'at' ? 'unset.at' : 'unset.repeat') : goes)}
            </p>
          </div>
        </CardContent>
      </Card>
      {/* Placed after the button, with a reserved height, so that a warning that appears does not move the button just as it is pressed. */}
      <div style={kept}>
        <div ref={content}>
          {check ? (
            <ScheduleWarnings
              id={warningsId}
              request={check}
              onUse={(local) => patch({ when: 'at', local })}
              onCount={warnings.onCount}
            />
          ) : null}
        </div>
      </div>
    </div>
  );
}
