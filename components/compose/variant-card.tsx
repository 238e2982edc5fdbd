'use client';

import dynamic from 'next/dynamic';
import { useLocale, useTranslations } from 'next-intl';
import { useEffect, useId, useRef, useState } from 'react';
import { carriesFiles, pastedFiles } from '@/components/media/given-files';
import { MediaSection } from '@/components/media/media-section';
import type { MediaDraft } from '@/components/media/types';
import type { Uploads } from '@/components/media/use-uploads';
import { characterLimit, followLimits, mediaLimits, platformName } from '@/components/platforms/catalogue';
import { Counter, fitsPlatform } from '@/components/platforms/character-counter';
import { useOwnLimits } from '@/components/platforms/own-limits';
import { useTextRules } from '@/components/platforms/use-text-rules';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import { Textarea } from '@/components/ui/textarea';
import { type VariantChange, type VariantDraft, writtenParts } from './draft';
import { formatMicros } from './format-micros';
import type { Writing } from './generation';

// Without a fallback, the page's skeleton would replace the whole page and the focus would be lost.
const Loading = () => <Skeleton className="h-32" />;
const PostPreview = dynamic(
  () => import('@/components/publications/post-preview').then((m) => m.PostPreview),
  {
    loading: Loading,
  },
);
// Most posts have no further parts, so their editor is loaded only when needed.
const PartsEditor = dynamic(() => import('./parts-editor').then((m) => m.PartsEditor), { loading: Loading });

/** One platform's text: an editor, its length on the platform, and a preview. */
export function VariantCard({
  platform,
  account,
  variant,
  writing,
  error,
  linkError,
  other,
  uploads,
  onChange,
}: {
  platform: string;
  account: string | null;
  variant: VariantDraft;
  writing: Writing | undefined;
  error?: string | undefined;
  linkError?: string | undefined;
  /** Another platform's pictures, offered for copying. */
  other: { platform: string; media: readonly MediaDraft[] } | undefined;
  uploads: Uploads;
  onChange: (change: VariantChange) => void;
}) {
  const t = useTranslations('compose');
  const locale = useLocale();
  const id = useId();
  const live = writing?.state === 'writing';
  const offline = writing?.provider === 'offline';
  const text = live ? writing.text : variant.text;
  const rules = useTextRules(text !== '')(platform);
  const name = platformName(platform);
  const own = useOwnLimits(platform);
  const follow = followLimits(platform);
  const parts = variant.parts ?? [];
  const media = variant.media ?? [];
  const tooLong = !fitsPlatform(rules, platform, text, variant.link, media.length > 0, own);
  const takesMedia = mediaLimits(platform) !== null;
  // Before there is anything to show, the preview is not loaded.
  const isEmpty = text.trim() === '' && !variant.link && parts.length === 0 && media.length === 0;
  const [over, setOver] = useState(false);
  const add = useRef<HTMLButtonElement>(null);
  const had = useRef(parts.length);
  useEffect(() => {
    // Removing the last part also removes the focused button, so the button that adds a part takes the focus.
    if (had.current > 0 && parts.length === 0 && document.activeElement === document.body)
      add.current?.focus();
    had.current = parts.length;
  }, [parts.length]);
  return (
    <Card
      role="group"
      aria-label={name}
      aria-busy={live}
      className={cn(over && 'ring-2 ring-accent')}
      onDragOver={(event) => {
        if (!takesMedia || !carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!takesMedia || !carriesFiles(event.dataTransfer)) return;
        event.preventDefault();
        uploads.add(platform, [...event.dataTransfer.files]);
      }}
      onPaste={(event) => {
        const files = takesMedia ? pastedFiles(event.clipboardData) : [];
        if (files.length === 0) return;
        event.preventDefault();
        uploads.add(platform, files);
      }}
    >
      <CardHeader className="flex! flex-wrap items-center! justify-between gap-2!">
        <CardTitle>
          {name}
          {account ? <span className="font-normal text-muted-foreground"> · {account}</span> : null}
        </CardTitle>
        <span aria-live="polite" className="flex items-center gap-2 text-muted-foreground text-xs">
          {live ? t('variant.writing') : null}
          {writing?.label ? (
            <Badge variant="outline">{offline ? t('variant.offline') : writing.label}</Badge>
          ) : null}
          {writing?.state === 'done' ? (
            <span className="tabular">
              {offline
                ? t('variant.noCost')
                : writing.costMicros === null
                  ? t('variant.costUnknown')
                  : t('variant.cost', { cost: formatMicros(writing.costMicros, locale) })}
            </span>
          ) : null}
        </span>
      </CardHeader>
      <CardContent className="grid grid-cols-1 gap-4 xl:grid-cols-2">
        <div className="grid grid-cols-1 content-start gap-3">
          <Field
            label={t('variant.text')}
            aside={
              <Counter
                platform={platform}
                text={text}
                link={variant.link}
                limit={characterLimit(platform, media.length > 0, own)}
                linkCharacters={own?.linkCharacters}
              />
            }
            error={error ?? (tooLong ? t('tooLong', { platform: name }) : undefined)}
          >
            <Textarea
              id={id}
              dir="auto"
              rows={6}
              value={text}
              readOnly={live}
              onChange={(event) => {
                const { value } = event.target;
                onChange(() => ({ text: value }));
              }}
              placeholder={t('variant.placeholder', { platform: name })}
            />
          </Field>
          <Field label={t('variant.link')} optional error={linkError}>
            <Input
              type="url"
              inputMode="url"
              value={variant.link}
              onChange={(event) => {
                const { value } = event.target;
                onChange(() => ({ link: value }));
              }}
              placeholder="https://"
            />
          </Field>
          {takesMedia ? (
            <MediaSection
              platform={platform}
              media={media}
              uploads={uploads}
              other={other}
              disabled={live}
              onChange={(change) => onChange((now) => ({ media: change(now.media ?? []) }))}
            />
          ) : null}
          {follow.kind === null ? null : parts.length > 0 ? (
            <PartsEditor
              platform={platform}
              parts={parts}
              onChange={(change) => onChange((now) => ({ parts: change(now.parts ?? []) }))}
            />
          ) : (
            <Button
              ref={add}
              size="sm"
              variant="outline"
              className="w-fit"
              disabled={live}
              onClick={() => onChange(() => ({ parts: [{ text: '' }] }))}
            >
              {t(follow.kind === 'thread' ? 'follow.addToThread' : 'follow.addFirstComment')}
            </Button>
          )}
          {writing && (writing.notices.length > 0 || writing.error) ? (
            <ul className="grid gap-1 text-sm" aria-live="polite">
              {[...new Set(writing.notices)].map((notice) => (
                <li key={notice} className="text-warning">
                  {notice}
                </li>
              ))}
              {writing.error ? <li className="text-destructive">{writing.error}</li> : null}
            </ul>
          ) : null}
        </div>
        {isEmpty ? (
          <p className="grid min-h-32 place-content-center rounded-lg border border-border border-dashed p-4 text-center text-muted-foreground text-sm">
            {t('variant.empty', { platform: name })}
          </p>
        ) : (
          <PostPreview
            platform={platform}
            text={text}
            link={variant.link}
            parts={writtenParts(variant)}
            media={media}
            account={account}
          />
        )}
      </CardContent>
    </Card>
  );
}
