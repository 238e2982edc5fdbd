'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import dynamic from 'next/dynamic';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import type { Action } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

/** Loaded on demand, because few actions describe work. */
const WorkToDo = dynamic(() => import('./work-to-do').then((m) => m.WorkToDo));

const EMPTY = { answer: '', address: '' };

/** A task that only a user can do: the instructions and the requested answer. */
export function ActionItem({
  action,
  zone,
  first,
  canWrite,
}: {
  action: Action;
  zone: string;
  first: boolean;
  canWrite: boolean;
}) {
  const t = useTranslations('todo.action');
  const wrong = useTranslations('todo.wrong');
  const trpc = useTRPC();
  const queries = useQueryClient();
  const onSettled = () => {
    for (const path of [trpc.todo.pathKey(), trpc.posts.pathKey(), trpc.publications.pathKey()])
      void queries.invalidateQueries({ queryKey: path });
  };
  const complete = useMutation(trpc.todo.complete.mutationOptions({ onSettled }));
  const needed = action.address?.needed === true;
  /** Further parts follow, attached to the post that the address names. */
  const goesOn = needed && !action.work;
  const asksFor = (chosen: string) => action.address?.with === chosen;
  const form = useAppForm({
    now: EMPTY,
    schema: (typed) =>
      import('./answer-schema').then((m) =>
        m.answerSchema(
          !asksFor(typed.answer) ? 'no' : needed ? 'required' : 'optional',
          wrong,
          goesOn ? 'address' : 'postAddress',
        ),
      ),
    send: (input) => complete.mutateAsync({ id: action.id, fingerprint: action.fingerprint, ...input }),
    onSaved: () => toast.success(t('done')),
  });
  const { answer, address } = form.value;
  const { fields } = form;
  const dismiss = useMutation(
    trpc.todo.dismiss.mutationOptions({
      onSettled,
      onMutate: form.clear,
      onError: form.fail,
      onSuccess: () => void toast(t('takenOff')),
    }),
  );
  const { deadlineAt } = action;
  const busy = form.saving || dismiss.isPending;
  const asksAddress = asksFor(answer);
  return (
    <li
      id={action.id}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the list is walked with the keyboard, row by row
      tabIndex={0}
      aria-labelledby={`${action.id}-title`}
      data-first={first || undefined}
      className="grid gap-3 rounded-lg border border-border bg-card p-4"
    >
      <div className="flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="grid min-w-0 gap-1">
          <p id={`${action.id}-title`} className="wrap-anywhere font-medium">
            {action.title.text}
          </p>
          <p className="wrap-anywhere whitespace-pre-wrap text-muted-foreground">{action.prompt.text}</p>
          {deadlineAt ? (
            <p className="text-muted-foreground">
              {t.rich('until', { time: () => <Time at={deadlineAt} zone={zone} showZone /> })}
            </p>
          ) : null}
          <Link href={action.screen} className="w-fit text-accent underline-offset-4 hover:underline">
            {t('look')}
          </Link>
        </div>
        <Badge variant="outline">{t('badge')}</Badge>
      </div>
      {action.work ? <WorkToDo work={action.work} /> : null}
      {canWrite ? (
        <form onSubmit={form.submit} noValidate className="grid gap-3">
          <Field
            label={t('answer')}
            error={fields.answer ?? (fields.permalink && asksAddress ? undefined : form.message)}
            className="max-w-lg"
          >
            <NativeSelect
              name="answer"
              required
              value={answer}
              onChange={(event) => form.set({ answer: event.target.value })}
            >
              <option value="" disabled>
                {t('choose')}
              </option>
              {action.choices.map((choice) => (
                <option key={choice.value} value={choice.value}>
                  {choice.label.text}
                </option>
              ))}
            </NativeSelect>
          </Field>
          {asksAddress ? (
            <Field
              label={t('address')}
              optional={!needed}
              required={needed}
              help={goesOn ? t('addressHelp') : undefined}
              error={fields.permalink}
              className="max-w-lg"
            >
              <Input
                // Not `url`, because browsers reject an address that was copied without its scheme.
                name="permalink"
                inputMode="url"
                required={needed}
                value={address}
                placeholder="https://"
                maxLength={2000}
                onChange={(event) => form.set({ address: event.target.value })}
              />
            </Field>
          ) : null}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" loading={form.saving} disabled={busy}>
              {t('send')}
            </Button>
            {action.dismissible ? (
              <Button
                variant="ghost"
                loading={dismiss.isPending}
                disabled={busy}
                onClick={() => dismiss.mutate({ id: action.id })}
              >
                {t('takeOff')}
              </Button>
            ) : null}
          </div>
        </form>
      ) : null}
    </li>
  );
}
