'use client';

import { Button } from '@/components/ui/button';
import { Card, CardContent, CardDescription, CardFooter, CardHeader, CardTitle } from '@/components/ui/card';
import { platformName } from '../platforms';
import type { Draft, VariantDraft } from './draft';
import type { Conflict } from './use-publish';

/** Two people edited one post: both texts side by side, and the person decides. Nothing is written until they do. */
export function ConflictPanel({
  draft,
  conflict,
  onKeepMine,
  onTakeTheirs,
}: {
  draft: Draft;
  conflict: Conflict;
  onKeepMine: () => void;
  onTakeTheirs: () => void;
}) {
  const platforms = [
    ...new Set([...Object.keys(draft.variants), ...conflict.variants.map((v) => v.platform)]),
  ];
  return (
    <Card role="alertdialog" aria-labelledby="conflict-title" className="border-warning">
      <CardHeader>
        <CardTitle id="conflict-title">Somebody saved a newer version of this post</CardTitle>
        <CardDescription>
          Nothing of yours was lost and nothing was overwritten. Compare the two and choose which to go on
          with.
        </CardDescription>
      </CardHeader>
      <CardContent className="grid gap-4">
        {platforms.map((platform) => {
          const mine = wholeOf(draft.variants[platform]);
          const theirs = wholeOf(conflict.variants.find((v) => v.platform === platform));
          return (
            <section key={platform} aria-label={platformName(platform)} className="grid gap-2">
              <h3 className="font-medium">
                {platformName(platform)}
                {mine === theirs ? (
                  <span className="font-normal text-muted-foreground"> · the same</span>
                ) : null}
              </h3>
              {mine === theirs ? null : (
                <div className="grid gap-3 md:grid-cols-2">
                  <Side label="Yours" text={mine} />
                  <Side label="Newer" text={theirs} />
                </div>
              )}
            </section>
          );
        })}
      </CardContent>
      <CardFooter className="flex-wrap">
        <Button onClick={onKeepMine}>Keep mine and save</Button>
        <Button variant="outline" onClick={onTakeTheirs}>
          Go on with the newer one
        </Button>
      </CardFooter>
    </Card>
  );
}

/** A text and what follows it, as one. */
const wholeOf = (v: { text: string; parts?: VariantDraft['parts'] } | undefined): string =>
  v ? [v, ...(v.parts ?? [])].map((one) => one.text).join('\n\n— — —\n\n') : '';

function Side({ label, text }: { label: string; text: string }) {
  return (
    <div className="grid content-start gap-1">
      <p className="text-muted-foreground text-xs">{label}</p>
      <p
        dir="auto"
        className="wrap-anywhere min-h-16 select-text whitespace-pre-wrap rounded-md border border-border bg-background p-3"
      >
        {text || <span className="text-muted-foreground">No text</span>}
      </p>
    </div>
  );
}
