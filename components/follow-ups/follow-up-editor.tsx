'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import type { PublicationItem } from '@/components/trpc/outputs';
import { Button } from '@/components/ui/button';
import { FormErrors } from '@/components/ui/form-errors';
import { FollowUpFields } from './follow-up-fields';
import { FIRST_RULE, labelsOf, type Rule } from './rule';

/** Edits the follow-up of a publication until it has happened. */
export function FollowUpEditor({
  publication: p,
  onDone,
}: {
  publication: PublicationItem;
  onDone: () => void;
}) {
  const t = useTranslations('followUps');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const save = useMutation(
    trpc.publications.setFollowUpRule.mutationOptions({
      onSettled: () => {
        void queries.invalidateQueries({ queryKey: trpc.posts.pathKey() });
        void queries.invalidateQueries({ queryKey: trpc.publications.pathKey() });
      },
    }),
  );
  const form = useAppForm({
    now: { rule: p.followUpRule ?? FIRST_RULE } as { rule: Rule },
    schema: () => import('./follow-up-schema').then((m) => m.followUpSchema),
    send: ({ followUpRule }) => save.mutateAsync({ id: p.id, followUpRule }),
    onSaved: ({ all }) => {
      if (all) onDone();
    },
  });
  const { rule } = form.value;
  const takeAway = () =>
    save.mutate({ id: p.id, followUpRule: null }, { onSuccess: onDone, onError: form.fail });
  return (
    <form noValidate className="grid gap-4 rounded-md bg-muted p-3" onSubmit={form.submit}>
      <FormErrors message={form.message} fields={form.fields} labels={labelsOf(t)} />
      <FollowUpFields
        value={rule}
        onChange={(next) => form.set({ rule: next })}
        fields={form.fields}
        platforms={[p.platform]}
      />
      <div className="flex flex-wrap gap-2">
        <Button type="submit" size="sm" loading={form.saving}>
          {t('editor.save')}
        </Button>
        {p.followUpRule ? (
          <Button size="sm" variant="outline" disabled={save.isPending} onClick={takeAway}>
            {t('editor.none')}
          </Button>
        ) : null}
        <Button size="sm" variant="ghost" onClick={onDone}>
          {t('editor.close')}
        </Button>
      </div>
    </form>
  );
}
