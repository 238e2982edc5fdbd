'use client';

import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { READ_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { Card, CardContent } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Switch } from '@/components/ui/switch';
import { FollowUpFields } from './follow-up-fields';
import { FIRST_RULE, labelsOf, type Rule } from './rule';

interface Shown {
  on: boolean;
  rule: Rule;
}
const shown = (followUpRule: Rule | null): Shown => ({
  on: followUpRule !== null,
  rule: followUpRule ?? FIRST_RULE,
});
const stored = ({ on, rule }: Shown): Rule | null => (on ? rule : null);

/** The workspace's default rule for posts that do well. */
export function DefaultFollowUpForm({ editable }: { editable: boolean }) {
  const t = useTranslations('followUps');
  const trpc = useTRPC();
  const { data, refetch } = useSuspenseQuery(trpc.planning.followUpRule.queryOptions());
  const save = useMutation(trpc.planning.saveFollowUpRule.mutationOptions());
  const form = useAppForm({
    now: shown(data.followUpRule),
    schema: () => import('./follow-up-schema').then((m) => m.defaultFollowUpSchema),
    send: ({ followUpRule }, seen) => save.mutateAsync({ followUpRule, seen: stored(seen) }),
    answered: ({ followUpRule }) => (followUpRule ? shown(followUpRule) : { on: false }),
    onSaved: () => void refetch(),
  });
  return (
    <Card className="max-w-2xl">
      <CardContent>
        <form onSubmit={form.submit} noValidate>
          <fieldset disabled={!editable} className="grid gap-5">
            <FormErrors message={form.message} fields={form.fields} labels={labelsOf(t)} />
            <Field label={t('standard.label')} help={t('standard.help')} layout="row">
              <Switch checked={form.value.on} onCheckedChange={(on) => form.set({ on })} />
            </Field>
            {form.value.on ? (
              <FollowUpFields
                value={form.value.rule}
                onChange={(rule) => form.set({ rule })}
                fields={form.fields}
                platforms={[]}
              />
            ) : null}
            <SaveRow saving={form.saving} saved={form.saved} blocked={editable ? null : READ_ONLY} />
          </fieldset>
        </form>
      </CardContent>
    </Card>
  );
}
