'use client';

import { Globe, Heart, MessageCircle, Repeat2, ThumbsUp } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import type { MediaDraft } from '@/components/media/types';
import { followLimits, isLinkInText, platformName, previewOf } from '@/components/platforms/catalogue';
import { useTextRules } from '@/components/platforms/use-text-rules';
import { cn } from '@/components/ui/cn';
import { Skeleton } from '@/components/ui/skeleton';
import { composeText } from '@/server/connectors/compose-text';
import { composeFollowing } from '@/server/connectors/kit/parts';
import { firstGrapheme, truncateText } from '@/server/foundation/storable';

// Most posts have no pictures, so the grid is loaded on demand. Without a fallback, the page's skeleton would replace the whole page.
const MediaGrid = dynamic(() => import('@/components/media/media-grid').then((m) => m.MediaGrid), {
  loading: () => <Skeleton className="mt-2 h-40" />,
});

interface PreviewProps {
  platform: string;
  text: string;
  link?: string | null;
  /** The parts that follow it: the rest of a thread, or its first comment. */
  parts?: readonly { text: string; link?: string | undefined }[];
  /** Its pictures, GIF or video. */
  media?: readonly MediaDraft[];
  /** The account's name on the platform; the platform's own name when none is connected. */
  account?: string | null;
}

interface ShapeProps {
  platform: string;
  name: string;
  handle: string;
  text: string;
  link: string | null;
  media?: readonly MediaDraft[];
  /** Another part of the thread follows below; a line connects the avatars. */
  followed?: boolean;
}

/** A preview of the post, roughly as its platform will show it. */
export function PostPreview({ platform, text, link, parts = [], media = [], account }: PreviewProps) {
  const t = useTranslations('publications.preview');
  // An account with a handle is named "Mira Okafor (@mira_draws)".
  const [, shown, handle] = /^(.*?)\s*\(@(\w+)\)$/.exec(account ?? '') ?? [];
  const name = shown ?? account?.replace(/^@/, '') ?? t('account');
  const timeline = previewOf(platform).shape === 'timeline';
  const threaded = timeline && followLimits(platform).kind === 'thread';
  const Shape = timeline ? TimelineShape : PageShape;
  return (
    <figure className="grid content-start gap-1.5">
      <figcaption className="text-muted-foreground text-xs">
        {t('as', { platform: platformName(platform) })}
      </figcaption>
      <div className="rounded-lg border border-border bg-background p-4">
        <Shape
          platform={platform}
          name={name}
          handle={handle ?? name.replace(/\s+/g, '')}
          text={text.trim()}
          link={link ?? null}
          media={media}
          followed={threaded && parts.length > 0}
        />
        {parts.length > 0 ? (
          <ol className={threaded ? undefined : 'mt-3 grid gap-3 border-border border-t pt-3'}>
            {parts.map((part, i) => {
              const words = composeFollowing(part.text, part.link);
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a part is its position
                <li key={i}>
                  {threaded ? (
                    <TimelineShape
                      platform={platform}
                      name={name}
                      handle={handle ?? name.replace(/\s+/g, '')}
                      text={words}
                      link={null}
                      followed={i < parts.length - 1}
                    />
                  ) : (
                    <div className="flex gap-3">
                      <Face name={name} />
                      <div className="min-w-0 rounded-lg bg-muted px-3 py-2">
                        <p className="font-semibold">{name}</p>
                        <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
                          <Marked platform={platform} text={words} />
                        </p>
                      </div>
                    </div>
                  )}
                </li>
              );
            })}
          </ol>
        ) : null}
      </div>
    </figure>
  );
}

function TimelineShape({ platform, name, handle, text, link, media = [], followed }: ShapeProps) {
  const t = useTranslations('publications.preview');
  const { body, card } = sentAs(platform, text, link, media);
  return (
    <div className="flex gap-3">
      <div className="flex flex-col items-center">
        <Face name={name} />
        {followed ? <span aria-hidden className="my-1 w-0.5 flex-1 rounded-full bg-border" /> : null}
      </div>
      <div className={cn('min-w-0 flex-1', followed && 'pb-4')}>
        <p className="flex flex-wrap gap-x-1.5">
          <span className="font-semibold">{name}</span>
          <span className="text-muted-foreground">{t('now', { handle })}</span>
        </p>
        {body || media.length === 0 ? (
          <p dir="auto" className="wrap-anywhere whitespace-pre-wrap">
            {body ? <Marked platform={platform} text={body} /> : <Empty />}
          </p>
        ) : null}
        {media.length > 0 ? <MediaGrid media={media} /> : null}
        {card ? (
          <div className="mt-2">
            <LinkCard link={card} />
          </div>
        ) : null}
        <div aria-hidden className="mt-3 flex max-w-60 justify-between text-muted-foreground">
          <MessageCircle className="size-4" />
          <Repeat2 className="size-4" />
          <Heart className="size-4" />
        </div>
      </div>
    </div>
  );
}

function PageShape({ platform, name, text, link, media = [] }: ShapeProps) {
  const t = useTranslations('publications.preview');
  const [open, setOpen] = useState(false);
  const { body, card } = sentAs(platform, text, link, media);
  const { fold = Number.POSITIVE_INFINITY } = previewOf(platform);
  const folded = !open && body.length > fold;
  const shown = folded ? `${truncateText(body, fold).replace(/\s+\S*$/, '')}… ` : body;
  return (
    <div className="grid gap-3">
      <div className="flex items-center gap-3">
        <Face name={name} />
        <div>
          <p className="font-semibold">{name}</p>
          <p className="flex items-center gap-1 text-muted-foreground text-xs">
            {t.rich('justNow', { audience: () => <Globe aria-label={t('public')} className="size-3" /> })}
          </p>
        </div>
      </div>
      {shown || media.length === 0 ? (
        <p dir="auto" suppressHydrationWarning className="wrap-anywhere whitespace-pre-wrap">
          {shown ? <Marked platform={platform} text={shown} /> : <Empty />}
          {folded ? (
            <button
              type="button"
              className="text-muted-foreground hover:underline"
              onClick={() => setOpen(true)}
            >
              {t('more')}
            </button>
          ) : null}
        </p>
      ) : null}
      {media.length > 0 ? <MediaGrid media={media} /> : null}
      {card ? <LinkCard link={card} /> : null}
      <div aria-hidden className="flex gap-6 border-border border-t pt-2 text-muted-foreground text-xs">
        <span className="flex items-center gap-1.5">
          <ThumbsUp className="size-4" /> {t('like')}
        </span>
        <span className="flex items-center gap-1.5">
          <MessageCircle className="size-4" /> {t('comment')}
        </span>
      </div>
    </div>
  );
}

/** Returns the text as it is sent, and the link if the platform shows it on a card. Next to media there is no card. */
function sentAs(platform: string, text: string, link: string | null, media: readonly MediaDraft[]) {
  if (isLinkInText(platform)) return { body: composeText(platform, text, link), card: null };
  if (media.length > 0) return { body: composeFollowing(text, link), card: null };
  return { body: text, card: link };
}

/** The card that a platform draws for a link, without what it reads from there. */
const LinkCard = ({ link }: { link: string }) => (
  <p className="wrap-anywhere rounded-md bg-muted px-3 py-2 text-muted-foreground text-xs uppercase">
    {hostOf(link)}
  </p>
);

function Empty() {
  const t = useTranslations('publications.preview');
  return <span className="text-muted-foreground">{t('empty')}</span>;
}

function Face({ name }: { name: string }) {
  return (
    <span
      aria-hidden
      suppressHydrationWarning
      className="flex size-10 shrink-0 items-center justify-center rounded-full bg-muted font-semibold text-muted-foreground"
    >
      {(firstGrapheme(name) || '?').toUpperCase()}
    </span>
  );
}

function hostOf(link: string): string {
  try {
    return new URL(link).host;
  } catch {
    return link;
  }
}

/** A text with its hashtags, mentions and links in the accent colour, as the platform finds and shows them. */
function Marked({ platform, text }: { platform: string; text: string }) {
  const rules = useTextRules()(platform);
  const parts: ReactNode[] = [];
  let at = 0;
  for (const { start, end, url, certain } of rules?.findLinks(text) ?? []) {
    if (!certain) continue;
    parts.push(
      ...tagsIn(text.slice(at, start), `${at}`),
      accented(rules?.showLink?.(url) ?? url, `${start}`),
    );
    at = end;
  }
  return [...parts, ...tagsIn(text.slice(at), `${at}`)];
}

const tagsIn = (text: string, key: string): ReactNode[] =>
  text
    .split(/((?<![\p{L}\p{N}_])[#@][\p{L}\p{M}\p{N}_]+)/u)
    .map((part, i) => (i % 2 === 0 ? part : accented(part, `${key} ${i}`)));

const accented = (text: string, key: string) => (
  <span key={key} suppressHydrationWarning className="text-accent">
    {text}
  </span>
);
