'use client';

import { useMutation } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { NumberField } from '@/components/forms/number-field';
import { READ_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { FormErrors } from '@/components/ui/form-errors';
import { RadioCard, RadioGroup } from '@/components/ui/radio-group';

interface Missed {
  policy: 'post' | 'skip' | 'ask';
  minutes: number;
}
/** The form values; the typed text may not be a number yet. */
type Shown = Omit<Missed, 'minutes'> & { minutes: string };
const shown = (missed: Missed): Shown => ({ ...missed, minutes: String(missed.minutes) });
const stored = (form: Shown): Missed => ({ ...form, minutes: Math.trunc(Number(form.minutes)) });

/** How to handle a post that came due while the app was not running. */
export function MissedForm({ initial, editable }: { initial: Missed; editable: boolean }) {
  const t = useTranslations('setup.missed');
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
      <FormErrors message={form.message} fields={form.fields} labels={{ minutes: t('minutes') }} />
      <fieldset disabled={!editable} className="contents">
        <RadioGroup
          aria-label={t('label')}
          value={policy}
          onValueChange={(next) => form.set({ policy: next === 'skip' || next === 'ask' ? next : 'post' })}
        >
          <RadioCard value="post" title={t('post')} description={t('postMeans')} />
          <RadioCard value="skip" title={t('skip')} description={t('skipMeans')} />
          <RadioCard value="ask" title={t('ask')} description={t('askMeans')} />
        </RadioGroup>
        {policy === 'post' ? (
          <NumberField
            label={t('limit')}
            help={atMost(t, Number(minutes))}
            error={form.fields.minutes}
            narrow
            name="minutes"
            max={10_080}
            value={minutes}
            onType={(text) => form.set({ minutes: text })}
          />
        ) : null}
        <SaveRow saving={form.saving} saved={form.saved} blocked={editable ? null : READ_ONLY} />
      </fieldset>
    </form>
  );
}

/** "2 h at most.", "1 h 30 min at most.", "45 min at most." */
function atMost(t: ReturnType<typeof useTranslations<'setup.missed'>>, typed: number): string {
  const all = Number.isFinite(typed) ? Math.max(1, Math.round(typed)) : 1;
  const [hours, minutes] = [Math.floor(all / 60), all % 60];
  if (hours === 0) return t('atMost.minutes', { minutes });
  return minutes === 0 ? t('atMost.hours', { hours }) : t('atMost.both', { hours, minutes });
}
