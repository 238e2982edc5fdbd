'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useSavedForm } from '@/components/forms/use-saved-form';
import { useTRPC } from '@/components/trpc/client';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { FollowUpFields } from './follow-up-fields';
import { FIRST_RULE, LABELS, type Rule } from './rule';

/** Changes what follows a publication, until it has happened. */
export function FollowUpEditor({
  publication: p,
  onDone,
}: {
  publication: PublicationItem;
  onDone: () => void;
}) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const form = useSavedForm<{ rule: Rule }>({ rule: p.boost ?? FIRST_RULE });
  const { rule } = form.value;
  const save = useMutation(
    trpc.publications.setBoost.mutationOptions({
      onMutate: form.begin,
      onError: form.fail,
      onSuccess: () => {
        if (form.done()) onDone();
      },
      onSettled: () => {
        void queries.invalidateQueries({ queryKey: trpc.posts.pathKey() });
        void queries.invalidateQueries({ queryKey: trpc.publications.pathKey() });
      },
    }),
  );
  return (
    <form
      noValidate
      className="grid gap-4 rounded-md bg-muted p-3"
      onSubmit={(event) => {
        event.preventDefault();
        if (!save.isPending) save.mutate({ id: p.id, boost: rule });
      }}
    >
      <FormErrors message={form.message} fields={form.fields} labels={LABELS} />
      <FollowUpFields
        value={rule}
        onChange={(next) => form.set({ rule: next })}
        fields={form.fields}
        platforms={[p.platform]}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="sm" loading={save.isPending}>
          Save
        </Button>
        {p.boost ? (
          <Button
            size="sm"
            variant="outline"
            disabled={save.isPending}
            onClick={() => save.mutate({ id: p.id, boost: null })}
          >
            Nothing follows
          </Button>
        ) : null}
        <Button size="sm" variant="ghost" onClick={onDone}>
          Close
        </Button>
      </div>
    </form>
  );
}
