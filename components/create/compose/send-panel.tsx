'use client';

import { CalendarClock, Send } from 'lucide-react';
import type { ShownError } from '@/components/trpc/app-error';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { RadioGroup, RadioGroupItem } from '@/components/ui/radio-group';
import { wallClock } from '../format';
import type { Draft } from './draft';
import { ScheduleWarnings, useWarningCount } from './schedule-warnings';
import type { CheckRequest } from './use-schedule-check';

/** When it goes out, and the button that sends it. */
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
  onSend,
}: {
  draft: Draft;
  patch: (change: Partial<Draft>) => void;
  zone: string;
  zoneLabel: string;
  /** How many accounts it goes to. */
  accounts: number;
  /** Why it cannot be sent yet, in words; null when it can. */
  blocked: string | null;
  error: ShownError | null;
  busy: 'save' | 'now' | 'at' | null;
  /** Whether posts wait for an approval first. */
  review: boolean;
  /** What is looked through before it is sent; null when there is nothing to send. */
  check: CheckRequest | null;
  onSend: () => void;
}) {
  const later = draft.when === 'at';
  const suggestion = error?.details.suggestion;
  const warnings = useWarningCount();
  return (
    <Card>
      <CardContent className="grid gap-4">
        <RadioGroup
          aria-label="When"
          value={draft.when}
          onValueChange={(when) => patch({ when: when === 'at' ? 'at' : 'now' })}
          className="flex flex-wrap gap-x-8 gap-y-2"
        >
          <label htmlFor="when-now" className="flex min-h-6 items-center gap-2">
            <RadioGroupItem id="when-now" value="now" /> Now
          </label>
          <label htmlFor="when-at" className="flex min-h-6 items-center gap-2">
            <RadioGroupItem id="when-at" value="at" /> At a time
          </label>
        </RadioGroup>
        {later ? (
          <Field
            label="Date and time"
            help={`In the workspace's time zone, ${zoneLabel}.`}
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
          <Button variant="outline" size="sm" className="w-fit" onClick={() => patch({ local: suggestion })}>
            Use {suggestion.replace('T', ' ')}
          </Button>
        ) : null}
        {check ? (
          <ScheduleWarnings
            request={check}
            onUse={(local) => patch({ when: 'at', local })}
            onCount={warnings.onCount}
          />
        ) : null}
        <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
          <Button
            onClick={onSend}
            loading={busy === 'now' || busy === 'at'}
            disabled={busy !== null || blocked !== null || (later && !draft.local)}
          >
            {later ? <CalendarClock aria-hidden /> : <Send aria-hidden />}
            {later ? 'Schedule' : 'Post now'}
            {warnings.count > 0 ? ' anyway' : ''}
          </Button>
          <p className="min-w-0 flex-1 basis-60 text-muted-foreground text-sm">
            {blocked ??
              `Goes to ${accounts} ${accounts === 1 ? 'account' : 'accounts'}${review ? ' once it is approved' : ''}.`}
          </p>
        </div>
      </CardContent>
    </Card>
  );
}
