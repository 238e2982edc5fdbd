'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { NumberField } from '@/components/forms/number-field';
import { LOOK_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { FormErrors } from '@/components/ui/form-errors';
import { RadioCard, RadioGroup } from '@/components/ui/radio-group';

interface Missed {
  policy: 'post' | 'skip' | 'ask';
  minutes: number;
}
/** As it stands in the form: what is typed may be no number yet. */
type Shown = Omit<Missed, 'minutes'> & { minutes: string };
const shown = (missed: Missed): Shown => ({ ...missed, minutes: String(missed.minutes) });
const stored = (form: Shown): Missed => ({ ...form, minutes: Math.trunc(Number(form.minutes)) });

/** What becomes of a post whose time passed while nothing ran. */
export function MissedForm({ initial, editable }: { initial: Missed; editable: boolean }) {
  const trpc = useTRPC();
  const router = useRouter();
  const save = useMutation(trpc.planning.saveMissed.mutationOptions());
  const form = useAppForm({
    now: shown(initial),
    schema: () => import('./missed-schema').then((m) => m.missedSchema),
    send: (input, seen) => save.mutateAsync({ ...input, seen: stored(seen) }),
    answered: shown,
    onSaved: () => router.refresh(),
  });
  const { policy, minutes } = form.value;
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-5">
      <FormErrors message={form.message} fields={form.fields} labels={{ minutes: 'Minutes' }} />
      <fieldset disabled={!editable} className="contents">
        <RadioGroup
          aria-label="A missed post"
          value={policy}
          onValueChange={(next) => form.set({ policy: next === 'skip' || next === 'ask' ? next : 'post' })}
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
          <NumberField
            label="Not too late: less than this many minutes"
            help={`${readable(Number(minutes))} at most.`}
            error={form.fields.minutes}
            narrow
            name="minutes"
            max={10_080}
            value={minutes}
            onType={(text) => form.set({ minutes: text })}
          />
        ) : null}
        <SaveRow saving={form.saving} saved={form.saved} blocked={editable ? null : LOOK_ONLY} />
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
