'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { MediaGrid } from '@/components/media/media-grid';
import { useMediaName } from '@/components/media/media-name';
import { OptionsConflict } from '@/components/options/options-conflict';
import { optionsOfAccounts } from '@/components/options/values';
import { platformName } from '@/components/platforms/catalogue';
import { useTRPC } from '@/components/trpc/client';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { type Draft, sameVariant, type VariantDraft, variantDraft, writtenParts } from './draft';
import type { Conflict } from './use-publish';

/** Shown when two users edited one post: both versions side by side for the user to decide. Nothing is written until they do. */
export function ConflictPanel({
  draft,
  conflict,
  onKeepMine,
  onTakeTheirs,
}: {
  draft: Draft;
  conflict: Conflict;
  onKeepMine: () => void;
  /** Receives the draft with the newer version. */
  onTakeTheirs: (newer: Draft) => void;
}) {
  const t = useTranslations('compose.conflict');
  const trpc = useTRPC();
  const { data: accounts } = useQuery(trpc.connections.options.queryOptions());
  const { data: newer } = useQuery(
    trpc.posts.get.queryOptions(
      { id: draft.postId ?? '' },
      { enabled: draft.postId !== null, staleTime: 0, refetchOnMount: 'always' },
    ),
  );
  const theirs = newer ? optionsOfAccounts(newer.publications) : (draft.keptOptions ?? {});
  const mine = { ...draft.keptOptions, ...draft.options };
  const platforms = [
    ...new Set([...Object.keys(draft.variants), ...conflict.variants.map((v) => v.platform)]),
  ];
  return (
    <Card role="alertdialog" aria-labelledby="conflict-title" className="border-warning!">
      <CardHeader>
        <CardTitle id="conflict-title">{t('title')}</CardTitle>
        <CardDescription>{t('description')}</CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        {platforms.map((platform) => {
          const mine = draft.variants[platform];
          const newer = conflict.variants.find((v) => v.platform === platform);
          const theirs = newer && variantDraft(newer);
          const same = sameVariant(mine, theirs);
          return (
            <section key={platform} aria-label={platformName(platform)} className="grid gap-2">
              <h3 className="font-medium">
                {platformName(platform)}
                {same ? <span className="font-normal text-muted-foreground">{t('same')}</span> : null}
              </h3>
              {same ? null : (
                <div className="grid gap-3 md:grid-cols-2">
                  <Side label={t('yours')} variant={mine} />
                  <Side label={t('newer')} variant={theirs} />
                </div>
              )}
            </section>
          );
        })}
        {accounts ? (
          <OptionsConflict
            // Accounts of which only one version knows have nothing to disagree about.
            accounts={accounts.filter(({ connectionId: id }) => theirs[id] && mine[id])}
            mine={mine}
            theirs={theirs}
            labels={{ mine: t('yours'), theirs: t('newer') }}
          />
        ) : null}
      </CardContent>
      <CardFooter className="flex-wrap">
        <Button onClick={onKeepMine}>{t('keepMine')}</Button>
        <Button
          variant="outline"
          onClick={() =>
            onTakeTheirs({
              ...draft,
              version: conflict.version,
              title: conflict.title,
              variants: Object.fromEntries(conflict.variants.map((v) => [v.platform, variantDraft(v)])),
              options: {},
              keptOptions: theirs,
            })
          }
        >
          {t('takeNewer')}
        </Button>
      </CardFooter>
    </Card>
  );
}

function Side({ label, variant }: { label: string; variant: VariantDraft | undefined }) {
  const t = useTranslations('compose.conflict');
  const nameOf = useMediaName();
  const texts = variant ? [variant, ...writtenParts(variant)] : [];
  const text = texts
    .map((one) => [one.text, one.link?.trim()].filter(Boolean).join('\n'))
    .join('\n\n— — —\n\n');
  const media = variant?.media ?? [];
  return (
    <div className="grid min-w-0 content-start gap-1">
      <p className="text-muted-foreground text-xs">{label}</p>
      <div className="wrap-anywhere min-h-16 select-text rounded-md border border-border bg-background p-3">
        {text.trim() ? (
          <p dir="auto" className="whitespace-pre-wrap">
            {text}
          </p>
        ) : (
          <p className="text-muted-foreground">{t('noText')}</p>
        )}
        <MediaGrid media={media} />
        {media.length > 0 ? (
          <ol className="mt-2 grid gap-0.5 text-muted-foreground text-xs">
            {media.map((one, i) => {
              const name = nameOf(one.kind, i, media.length);
              const description = one.alt.trim();
              return (
                <li key={one.fileId} dir="auto">
                  {description ? t('described', { name, description }) : t('undescribed', { name })}
                </li>
              );
            })}
          </ol>
        ) : null}
      </div>
    </div>
  );
}
