'use client';

import { useMutation, useSuspenseQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useAppError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import { Alert } from '@/components/ui/alert';
import { Button } from '@/components/ui/button';
import { Card, CardContent } from '@/components/ui/card';
import { Field } from '@/components/ui/field';
import { FormErrors } from '@/components/ui/form-errors';
import { Switch } from '@/components/ui/switch';
import { BoostFields } from './boost-fields';
import { FIRST_RULE, LABELS, type Rule } from './rule';

/** The workspace's own rule for posts that do well. */
export function DefaultBoostForm({ editable }: { editable: boolean }) {
  const trpc = useTRPC();
  const { data, refetch } = useSuspenseQuery(trpc.planning.boost.queryOptions());
  const [rule, setRule] = useState<Rule>(data.boost ?? FIRST_RULE);
  const [on, setOn] = useState(data.boost !== null);
  const [seen, setSeen] = useState(data.boost);
  const [saved, setSaved] = useState(false);
  const errors = useAppError({ toast: false });
  const save = useMutation(
    trpc.planning.saveBoost.mutationOptions({
      onMutate: () => {
        errors.clear();
        setSaved(false);
      },
      onError: errors.report,
      onSuccess: (now) => {
        setSeen(now.boost);
        setSaved(true);
        void refetch();
      },
    }),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!save.isPending) save.mutate({ boost: on ? rule : null, seen });
  };
  return (
    <Card className="max-w-2xl">
      <CardContent>
        <form onSubmit={submit} noValidate>
          <fieldset disabled={!editable} className="grid gap-5">
            <FormErrors message={errors.message} fields={errors.fields} labels={LABELS} />
            <Field
              label="When a post does well, do something more with it"
              help="For every post that is scheduled from now on. Each post can have a rule of its own."
              layout="row"
            >
              <Switch
                checked={on}
                onCheckedChange={(next) => {
                  setSaved(false);
                  setOn(next);
                }}
              />
            </Field>
            {on ? (
              <BoostFields
                value={rule}
                onChange={(next) => {
                  setSaved(false);
                  setRule(next);
                }}
                fields={errors.fields}
                platforms={[]}
              />
            ) : null}
            <div className="flex flex-wrap items-center gap-3">
              <Button type="submit" loading={save.isPending}>
                Save
              </Button>
              {saved ? <Alert variant="positive" title="Saved" className="py-1.5" /> : null}
            </div>
          </fieldset>
        </form>
      </CardContent>
    </Card>
  );
}
