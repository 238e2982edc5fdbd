'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import Link from 'next/link';
import { type FormEvent, useState } from 'react';
import { readAppError, type ShownError } from '@/components/trpc/app-error';
import { useTRPC } from '@/components/trpc/client';
import type { Action } from '@/components/trpc/outputs';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { NativeSelect } from '@/components/ui/native-select';
import { Time } from '@/components/ui/time';
import { toast } from '@/components/ui/toast';

/** Where the thing that an action is about can be looked at. */
const PLACES: Record<string, (id: string) => string> = {
  post: (id) => `/posts/${id}`,
  connection: () => '/connections',
  product: (id) => `/products/${id}`,
  listing: () => '/listings',
  publication: () => '/calendar',
  publications: () => '/calendar',
};

/** Questions about a post: nobody else can answer them, so they cannot be taken off the list. */
const MUST_ANSWER = new Set(['publication_missed', 'publication_unknown']);

/** Something that only a person can do: what to do, and the answer that it asks for. */
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
  const trpc = useTRPC();
  const queries = useQueryClient();
  const [answer, setAnswer] = useState('');
  const [address, setAddress] = useState('');
  const [error, setError] = useState<ShownError | null>(null);
  const settled = {
    onMutate: () => setError(null),
    onError: (cause: unknown) => setError(readAppError(cause)),
    onSettled: () => {
      for (const path of [trpc.todo.pathKey(), trpc.posts.pathKey(), trpc.publications.pathKey()])
        void queries.invalidateQueries({ queryKey: path });
    },
  };
  const complete = useMutation(
    trpc.todo.complete.mutationOptions({ ...settled, onSuccess: () => void toast.success('Done.') }),
  );
  const dismiss = useMutation(
    trpc.todo.dismiss.mutationOptions({ ...settled, onSuccess: () => void toast('Taken off the list.') }),
  );
  const needs = action.input === 'text' || action.input === 'url' || action.input === 'choice';
  const busy = complete.isPending || dismiss.isPending;
  const asksAddress = action.kind === 'publication_unknown' && answer === 'there';
  /** More is to follow, and it is attached to the post that the address names. */
  const goesOn = action.choices.some((choice) => choice.value === 'there_end');
  const place = PLACES[action.subjectType]?.(action.subjectId);
  function submit(event: FormEvent) {
    event.preventDefault();
    complete.mutate({
      id: action.id,
      ...(needs ? { answer: answer.trim() } : {}),
      ...(asksAddress && address.trim() ? { permalink: address.trim() } : {}),
    });
  }
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
          <p id={`${action.id}-title`} dir="auto" className="wrap-anywhere font-medium">
            {action.title}
          </p>
          <p dir="auto" className="wrap-anywhere whitespace-pre-wrap text-muted-foreground">
            {action.prompt}
          </p>
          {action.deadlineAt ? (
            <p className="text-muted-foreground">
              Until <Time at={action.deadlineAt} zone={zone} showZone />
            </p>
          ) : null}
          {place ? (
            <Link href={place} className="w-fit text-accent underline-offset-4 hover:underline">
              Look at it
            </Link>
          ) : null}
        </div>
        <Badge variant="outline">To do</Badge>
      </div>
      {canWrite ? (
        <form onSubmit={submit} className="grid gap-3">
          {needs ? (
            <Field
              label="Your answer"
              error={
                error?.fields.answer ?? (error?.fields.permalink && asksAddress ? undefined : error?.message)
              }
              className="max-w-lg"
            >
              {action.input === 'choice' ? (
                <NativeSelect required value={answer} onChange={(event) => setAnswer(event.target.value)}>
                  <option value="" disabled>
                    Choose
                  </option>
                  {action.choices.map((choice) => (
                    <option key={choice.value} value={choice.value}>
                      {choice.label}
                    </option>
                  ))}
                </NativeSelect>
              ) : (
                <Input
                  required
                  type={action.input === 'url' ? 'url' : 'text'}
                  value={answer}
                  maxLength={2000}
                  onChange={(event) => setAnswer(event.target.value)}
                />
              )}
            </Field>
          ) : error ? (
            <p role="alert" className="text-destructive">
              {error.message}
            </p>
          ) : null}
          {asksAddress ? (
            <Field
              label="Address of the post"
              optional={!goesOn}
              required={goesOn}
              help={goesOn ? 'What follows is attached to it.' : undefined}
              error={error?.fields.permalink}
              className="max-w-lg"
            >
              <Input
                // Not `url`: browsers refuse an address that was copied without its scheme.
                inputMode="url"
                required={goesOn}
                value={address}
                placeholder="https://"
                maxLength={2000}
                onChange={(event) => setAddress(event.target.value)}
              />
            </Field>
          ) : null}
          <div className="flex flex-wrap gap-2">
            <Button type="submit" loading={complete.isPending} disabled={busy}>
              {needs ? 'Answer' : 'Done'}
            </Button>
            {MUST_ANSWER.has(action.kind) ? null : (
              <Button
                variant="ghost"
                loading={dismiss.isPending}
                disabled={busy}
                onClick={() => dismiss.mutate({ id: action.id })}
              >
                Take off the list
              </Button>
            )}
          </div>
        </form>
      ) : null}
    </li>
  );
}
