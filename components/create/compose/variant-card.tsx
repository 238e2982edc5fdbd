'use client';

import { ImagePlus } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useEffect, useId, useRef, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, CardContent, CardHeader, CardTitle } from '@/components/ui/card';
import { cn } from '@/components/ui/cn';
import { Field } from '@/components/ui/field';
import { Input } from '@/components/ui/input';
import { Skeleton } from '@/components/ui/skeleton';
import { Textarea } from '@/components/ui/textarea';
import { Counter, fitsPlatform } from '../counter';
import { formatMicros } from '../format';
import { MEDIA_ACCEPT, type MediaDraft, type MediaStatus } from '../media/types';
import { followLimits, mediaLimits, platformName } from '../platforms';
import { PostPreview } from '../preview';
import { type VariantDraft, writtenParts } from './draft';
import type { Writing } from './use-generation';

// Without something to show meanwhile, the whole page would give way to its skeleton and the focus would be lost.
const Loading = () => <Skeleton className="h-32" />;
// Most posts stand alone: what follows one is loaded when it is asked for or there.
const MediaEditor = dynamic(() => import('../media/media-editor').then((m) => m.MediaEditor), {
  loading: Loading,
});
const PartsEditor = dynamic(() => import('./parts-editor').then((m) => m.PartsEditor), { loading: Loading });

/** One platform's text: write it, see how long it is there, and see it as it will look. */
export function VariantCard({
  platform,
  account,
  variant,
  writing,
  error,
  linkError,
  others,
  onMediaStatus,
  onChange,
}: {
  platform: string;
  account: string | null;
  variant: VariantDraft;
  writing: Writing | undefined;
  error?: string | undefined;
  linkError?: string | undefined;
  /** The pictures of the other platforms' texts, to be taken over. */
  others: readonly { platform: string; media: readonly MediaDraft[] }[];
  onMediaStatus: (status: MediaStatus) => void;
  onChange: (variant: VariantDraft | ((now: VariantDraft) => VariantDraft)) => void;
}) {
  const id = useId();
  const live = writing?.state === 'writing';
  const text = live ? writing.text : variant.text;
  const tooLong = !fitsPlatform(platform, text, variant.link);
  const name = platformName(platform);
  const follow = followLimits(platform);
  const parts = variant.parts ?? [];
  const media = variant.media ?? [];
  const takesMedia = mediaLimits(platform) !== null;
  const [incoming, setIncoming] = useState<readonly File[]>([]);
  const [editing, setEditing] = useState(false);
  const [over, setOver] = useState(false);
  const picker = useRef<HTMLInputElement>(null);
  const take = (files: readonly File[]) => {
    if (files.length === 0 || !takesMedia) return;
    setEditing(true);
    setIncoming(files);
  };
  const other = media.length === 0 ? others.find((o) => o.media.length > 0) : undefined;
  const latest = useRef({ variant, onChange });
  useEffect(() => {
    latest.current = { variant, onChange };
  });
  const add = useRef<HTMLButtonElement>(null);
  const had = useRef(parts.length);
  useEffect(() => {
    // Removing the last part takes its button along: the one that adds has the focus then.
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
        if (!takesMedia || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setOver(false);
      }}
      onDrop={(event) => {
        setOver(false);
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        take([...event.dataTransfer.files]);
      }}
      onPaste={(event) => {
        const files = [...event.clipboardData.files];
        if (files.length === 0) return;
        event.preventDefault();
        take(files);
      }}
    >
      <CardHeader className="flex flex-wrap items-center justify-between gap-2">
        <CardTitle>
          {name}
          {account ? <span className="font-normal text-muted-foreground"> · {account}</span> : null}
        </CardTitle>
        <span aria-live="polite" className="flex items-center gap-2 text-muted-foreground text-xs">
          {live ? 'Writing…' : null}
          {writing?.label ? <Badge variant="outline">{writing.label}</Badge> : null}
          {writing?.state === 'done' && writing.label !== 'Offline drafter' ? (
            <span className="tabular">
              {writing.costMicros === null
                ? 'cost not known'
                : `about ${formatMicros(writing.costMicros)} (estimate)`}
            </span>
          ) : null}
          {writing?.state === 'done' && writing.label === 'Offline drafter' ? <span>no cost</span> : null}
        </span>
      </CardHeader>
      <CardContent className="grid gap-4 xl:grid-cols-2">
        <div className="grid content-start gap-3">
          <Field
            label="Text"
            aside={<Counter platform={platform} text={text} link={variant.link} />}
            error={error ?? (tooLong ? `${name} does not take a text this long.` : undefined)}
          >
            <Textarea
              id={id}
              dir="auto"
              rows={6}
              value={text}
              readOnly={live}
              onChange={(event) => onChange({ ...variant, text: event.target.value })}
              placeholder={`Write for ${name}, or press Generate.`}
            />
          </Field>
          <Field label="Link" optional error={linkError}>
            <Input
              type="url"
              inputMode="url"
              value={variant.link}
              onChange={(event) => onChange({ ...variant, link: event.target.value })}
              placeholder="https://"
            />
          </Field>
          {!takesMedia ? null : media.length > 0 || editing ? (
            <MediaEditor
              platform={platform}
              media={media}
              incoming={incoming}
              onTaken={() => setIncoming([])}
              onStatus={onMediaStatus}
              onChange={(change) => onChange((now) => ({ ...now, media: change(now.media ?? []) }))}
            />
          ) : (
            <div className="flex flex-wrap gap-2">
              <input
                ref={picker}
                type="file"
                multiple
                accept={MEDIA_ACCEPT}
                className="sr-only"
                tabIndex={-1}
                aria-label={`Add pictures or a video for ${name}`}
                onChange={(event) => {
                  const files = [...(event.target.files ?? [])];
                  event.target.value = '';
                  take(files);
                }}
              />
              <Button size="sm" variant="outline" disabled={live} onClick={() => picker.current?.click()}>
                <ImagePlus aria-hidden /> Add pictures or a video
              </Button>
              {other ? (
                <Button
                  size="sm"
                  variant="ghost"
                  onClick={() => onChange((now) => ({ ...now, media: [...other.media] }))}
                >
                  Use those of {platformName(other.platform)}
                </Button>
              ) : null}
            </div>
          )}
          {follow.kind === null ? null : parts.length > 0 ? (
            <PartsEditor
              platform={platform}
              parts={parts}
              onChange={(next) => {
                const now = latest.current;
                now.onChange({
                  ...now.variant,
                  parts: typeof next === 'function' ? next(now.variant.parts ?? []) : next,
                });
              }}
            />
          ) : (
            <Button
              ref={add}
              size="sm"
              variant="outline"
              className="w-fit"
              disabled={live}
              onClick={() => onChange({ ...variant, parts: [{ text: '' }] })}
            >
              {follow.kind === 'thread' ? 'Add to thread' : 'Add first comment'}
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
        <PostPreview
          platform={platform}
          text={text}
          link={variant.link}
          parts={writtenParts(variant)}
          media={media}
          account={account}
        />
      </CardContent>
    </Card>
  );
}
