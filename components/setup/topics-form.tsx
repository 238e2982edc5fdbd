'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { LOOK_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
import { useTRPC } from '@/components/trpc/client';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { FormErrors } from '@/components/ui/form-errors';
import { Skeleton } from '@/components/ui/skeleton';
import type { TopicsOutput } from '@/server/domains/topics/schemas';

/** Topics to choose from, within the plan, with a look at what each would sound like. */
export function TopicsForm({
  initial,
  next,
  upgradeHref,
  editable = true,
}: {
  initial: TopicsOutput;
  /** In onboarding: the step after this one. */
  next?: string;
  upgradeHref: string;
  editable?: boolean;
}) {
  const trpc = useTRPC();
  const router = useRouter();
  const choose = useMutation(trpc.topics.choose.mutationOptions());
  const form = useAppForm({
    now: { chosen: initial.topics.filter((t) => t.chosen).map((t) => t.slug) },
    schema: () => import('./topics-schema').then((m) => m.topicsSchema),
    send: (input) => choose.mutateAsync(input),
    onSaved: () => {
      if (next) complete.mutate({ step: 'topics' });
      else router.refresh();
    },
  });
  const { chosen } = form.value;
  const [looking, setLooking] = useState<TopicsOutput['topics'][number]['slug'] | null>(null);
  const complete = useMutation(
    trpc.onboarding.completeStep.mutationOptions({
      onError: form.fail,
      onSuccess: () => {
        if (next) router.push(next);
      },
    }),
  );
  const busy = form.saving || complete.isPending || (complete.isSuccess && !!next);
  const full = initial.limit !== null && chosen.length >= initial.limit;
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-6">
      <FormErrors message={form.message} fields={form.fields} labels={{ slugs: 'Topics' }} />
      <p className="text-muted-foreground text-sm" aria-live="polite">
        {initial.limit === null
          ? `${chosen.length} chosen.`
          : `${chosen.length} of ${initial.limit} chosen. Your plan has ${initial.limit}.`}
      </p>
      <ul className="grid gap-3">
        {initial.topics.map((topic) => {
          const on = chosen.includes(topic.slug);
          const id = `topic-${topic.slug}`;
          return (
            <li key={topic.slug} className="rounded-lg border border-border bg-card p-3">
              <div className="flex items-start gap-3">
                <Checkbox
                  id={id}
                  className="mt-0.5"
                  checked={on}
                  // In onboarding another page follows: what is chosen from here on would be gone.
                  disabled={!editable || !topic.allowed || (full && !on) || (busy && !!next)}
                  onCheckedChange={(state) =>
                    form.set({
                      chosen:
                        state === true
                          ? [...chosen, topic.slug]
                          : chosen.filter((slug) => slug !== topic.slug),
                    })
                  }
                />
                <div className="grid min-w-0 flex-1 gap-0.5 text-sm">
                  <label htmlFor={id} className="flex flex-wrap items-center gap-2 font-medium">
                    {topic.name}
                    {topic.allowed ? null : <Badge>Needs Pro</Badge>}
                  </label>
                  <p className="text-muted-foreground">{topic.audience}</p>
                </div>
                <Button
                  variant="ghost"
                  size="sm"
                  className="-my-1.5"
                  aria-expanded={looking === topic.slug}
                  aria-controls={`${id}-preview`}
                  aria-label={`Preview ${topic.name}`}
                  onClick={() => setLooking(looking === topic.slug ? null : topic.slug)}
                >
                  {looking === topic.slug ? 'Close' : 'Preview'}
                </Button>
              </div>
              <div id={`${id}-preview`}>{looking === topic.slug ? <Preview topic={topic} /> : null}</div>
            </li>
          );
        })}
      </ul>
      {initial.topics.some((t) => !t.allowed) ? (
        <p className="text-muted-foreground text-sm">
          <Link href={upgradeHref} className="underline underline-offset-4">
            Upgrade to Pro
          </Link>{' '}
          for all topics.
        </p>
      ) : null}
      <SaveRow
        size={next ? 'lg' : 'default'}
        saving={busy}
        saved={!next && form.saved}
        blocked={editable ? (chosen.length === 0 ? 'Choose at least one topic.' : null) : LOOK_ONLY}
      >
        {next ? 'Continue' : 'Save'}
      </SaveRow>
    </form>
  );
}

function Preview({ topic }: { topic: TopicsOutput['topics'][number] }) {
  const trpc = useTRPC();
  const drafts = useQuery(trpc.topics.preview.queryOptions({ slug: topic.slug }, { staleTime: Infinity }));
  return (
    <div className="mt-3 grid gap-3 border-border border-t pt-3 text-sm">
      <p className="text-muted-foreground">Tone: {topic.tone}.</p>
      {topic.samples.map((sample) => (
        <blockquote key={sample} className="border-border border-l-2 pl-3">
          {sample}
        </blockquote>
      ))}
      {drafts.isPending ? <Skeleton className="h-16 w-full" /> : null}
      {drafts.isError ? (
        <p className="text-muted-foreground">
          A draft could not be written just now. The examples above still hold.
        </p>
      ) : null}
      {drafts.data?.drafts.map((draft) => (
        <div key={draft.platform} className="grid gap-1">
          <p className="text-muted-foreground text-xs">
            Draft for {draft.platformName}, written by {drafts.data.provider}
          </p>
          <p className="wrap-anywhere whitespace-pre-wrap">{draft.text}</p>
        </div>
      ))}
    </div>
  );
}
