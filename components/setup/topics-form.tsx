'use client';

import { useMutation, useQuery } from '@tanstack/react-query';
import Link from 'next/link';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { READ_ONLY, SaveRow } from '@/components/forms/save-row';
import { useAppForm } from '@/components/forms/use-app-form';
import { useGone } from '@/components/shell/use-gone';
import { useTRPC } from '@/components/trpc/client';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Checkbox } from '@/components/ui/checkbox';
import { FormErrors } from '@/components/ui/form-errors';
import { Skeleton } from '@/components/ui/skeleton';
import type { TopicsOutput } from '@/server/domains/topics/schemas';
import type { Shown } from '@/server/foundation/facts';

/** Selects topics within the limit of the plan, with a preview of how each would sound. */
export function TopicsForm({
  initial,
  next,
  upgradeHref,
  editable = true,
}: {
  initial: Shown<TopicsOutput>;
  /** In onboarding: the next step. */
  next?: string;
  upgradeHref: string;
  editable?: boolean;
}) {
  const t = useTranslations('setup');
  const trpc = useTRPC();
  const router = useRouter();
  const gone = useGone();
  const choose = useMutation(trpc.topics.choose.mutationOptions());
  const form = useAppForm({
    now: { chosen: initial.topics.filter((topic) => topic.chosen).map((topic) => topic.slug) },
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
        if (next && !gone()) router.push(next);
      },
    }),
  );
  const busy = form.saving || complete.isPending || (complete.isSuccess && !!next);
  const full = initial.limit !== null && chosen.length >= initial.limit;
  return (
    <form onSubmit={form.submit} noValidate className="grid gap-6">
      <FormErrors message={form.message} fields={form.fields} labels={{ slugs: t('topics.label') }} />
      <p className="text-muted-foreground text-sm" aria-live="polite">
        {initial.limit === null
          ? t('topics.chosen', { chosen: chosen.length })
          : t('topics.chosenOf', { chosen: chosen.length, limit: initial.limit })}
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
                  // In onboarding another page follows, so anything selected from here on would be lost.
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
                    {topic.name.text}
                    {topic.allowed ? null : <Badge>{t('topics.needsPro')}</Badge>}
                  </label>
                  <p className="text-muted-foreground">{topic.audience}</p>
                </div>
                <Button
                  variant="ghost"
                  size="sm"
                  className="-my-1.5"
                  aria-expanded={looking === topic.slug}
                  aria-controls={`${id}-preview`}
                  aria-label={t('topics.previewOf', { topic: topic.name.text })}
                  onClick={() => setLooking(looking === topic.slug ? null : topic.slug)}
                >
                  {looking === topic.slug ? t('topics.close') : t('topics.preview')}
                </Button>
              </div>
              <div id={`${id}-preview`}>{looking === topic.slug ? <Preview topic={topic} /> : null}</div>
            </li>
          );
        })}
      </ul>
      {initial.topics.some((topic) => !topic.allowed) ? (
        <p className="text-muted-foreground text-sm">
          {t.rich('topics.upgrade', {
            link: (chunks) => (
              <Link href={upgradeHref} className="underline underline-offset-4">
                {chunks}
              </Link>
            ),
          })}
        </p>
      ) : null}
      <SaveRow
        size={next ? 'lg' : 'default'}
        saving={busy}
        saved={!next && form.saved}
        blocked={editable ? (chosen.length === 0 ? t('topics.none') : null) : READ_ONLY}
      >
        {next ? t('continue') : t('save')}
      </SaveRow>
    </form>
  );
}

function Preview({ topic }: { topic: TopicsOutput['topics'][number] }) {
  const t = useTranslations('setup.topics');
  const trpc = useTRPC();
  const drafts = useQuery(trpc.topics.preview.queryOptions({ slug: topic.slug }, { staleTime: Infinity }));
  return (
    <div className="mt-3 grid gap-3 border-border border-t pt-3 text-sm">
      <p className="text-muted-foreground">{t('tone', { tone: topic.tone })}</p>
      {topic.samples.map((sample) => (
        <blockquote key={sample} className="border-border border-l-2 pl-3">
          {sample}
        </blockquote>
      ))}
      {drafts.isPending ? <Skeleton className="h-16 w-full" /> : null}
      {drafts.isError ? <p className="text-muted-foreground">{t('noDraft')}</p> : null}
      {drafts.data?.drafts.map((draft) => (
        <div key={draft.platform} className="grid gap-1">
          <p className="text-muted-foreground text-xs">
            {t('draftFor', { platform: draft.platformName, provider: drafts.data.provider.text })}
          </p>
          <p translate="no" className="wrap-anywhere whitespace-pre-wrap">
            {draft.text}
          </p>
        </div>
      ))}
    </div>
  );
}
