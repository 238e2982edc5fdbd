'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type FormEvent, useState } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Input } from '@/components/ui/input';
import { RadioCard, RadioGroup } from '@/components/ui/radio-group';

type Policy = 'post' | 'skip' | 'ask';

/** What becomes of a post whose time passed while nothing ran. */
export function MissedForm({
  initial,
  editable,
}: {
  initial: { policy: Policy; minutes: number };
  editable: boolean;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const [policy, setPolicy] = useState<Policy>(initial.policy);
  const [minutes, setMinutes] = useState(String(initial.minutes));
  const [seen, setSeen] = useState(initial);
  const [saved, setSaved] = useState(false);
  const errors = useAppError({ toast: false });
  const save = useMutation(
    trpc.planning.saveMissed.mutationOptions({
      onMutate: () => {
        errors.clear();
        setSaved(false);
      },
      onError: errors.report,
      onSuccess: (now) => {
        setSeen(now);
        setSaved(true);
        router.refresh();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate({ policy, minutes: Math.trunc(Number(minutes)), seen });
  };
  return (
    <form onSubmit={submit} noValidate className="grid gap-5">
      <FormErrors message={errors.message} fields={errors.fields} labels={{ minutes: 'Minutes' }} />
      <fieldset disabled={!editable} className="contents">
        <RadioGroup
          aria-label="A missed post"
          value={policy}
          onValueChange={(next) => {
            setSaved(false);
            setPolicy(next === 'skip' || next === 'ask' ? next : 'post');
          }}
        >
          <RadioCard
            value="post"
            title="Post it, if it is not too late"
            description="It goes out as soon as things run again. What is later than that waits for you in To do."
          />
          <RadioCard
            value="skip"
            title="Leave it out"
            description="It does not go out. The others keep their times."
          />
          <RadioCard
            value="ask"
            title="Ask"
            description="It waits in To do until someone says to post it or to leave it out."
          />
        </RadioGroup>
        {policy === 'post' ? (
          <Field
            label="Not too late: less than this many minutes"
            help={`${readable(Number(minutes))} at most.`}
            error={errors.fields.minutes}
          >
            <Input
              name="minutes"
              type="number"
              inputMode="numeric"
              min={1}
              max={10_080}
              className="tabular w-28"
              value={minutes}
              onChange={(event) => {
                setSaved(false);
                setMinutes(event.target.value);
              }}
            />
          </Field>
        ) : null}
        <div className="flex flex-wrap items-center gap-3">
          <Button type="submit" loading={save.isPending}>
            Save
          </Button>
          {saved ? <Alert variant="positive" title="Saved" className="py-1.5" /> : null}
        </div>
      </fieldset>
    </form>
  );
}

/** "2 h", "1 h 30 min", "45 min". */
function readable(minutes: number): string {
  if (!Number.isFinite(minutes) || minutes < 1) return '1 min';
  const [hours, rest] = [Math.floor(minutes / 60), Math.round(minutes % 60)];
  return (
    [hours > 0 ? `${hours} h` : null, rest > 0 ? `${rest} min` : null].filter(Boolean).join(' ') || '1 min'
  );
}
