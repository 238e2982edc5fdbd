import type { PostDetail, PublicationItem } from '@/components/trpc/outputs';
import { isPart, threadsOf } from './threads';

/** Publication status of a text. */
export type Standing = 'goes' | 'sending' | 'sent' | 'perhaps' | 'failed' | 'draft';
/** One content of a post, and the accounts on which it has this status. */
export interface Shown {
  key: string;
  standing: Standing;
  platform: string;
  /** Without duplicates. */
  accounts: string[];
  text: string;
  link: string | null;
  parts: readonly { text: string; link?: string | undefined }[];
  media: PostDetail['variants'][number]['media'];
  options: PublicationItem['shownOptions'];
}

const STANDING: Record<PublicationItem['state'], Standing | null> = {
  draft: 'goes',
  awaiting_approval: 'goes',
  scheduled: 'goes',
  queued: 'goes',
  publishing: 'sending',
  handed_over: 'goes',
  published: 'sent',
  unknown: 'perhaps',
  failed: 'failed',
  // Not shown, because it neither was nor will be published.
  cancelled: null,
};
const ORDER: readonly Standing[] = ['sending', 'goes', 'perhaps', 'failed', 'sent', 'draft'];

/** A key that is equal for texts that look the same, whatever their options. */
const wordsOf = ({
  platform,
  text,
  link,
  parts,
  media,
}: Omit<Shown, 'key' | 'standing' | 'accounts' | 'options'>): string =>
  JSON.stringify([
    platform,
    text,
    link,
    parts.map((part) => [part.text, part.link ?? null]),
    media.map((one) => [one.fileId, one.alt]),
  ]);

/**
 * Returns what a post's page shows: published texts as they were sent and pending texts as they will be sent, each content once with its
 * accounts; and for each platform a newer text that no publication has yet. Published texts come from their publications, never from the
 * text that is still being edited.
 */
export function shownOf({ publications, variants }: Pick<PostDetail, 'publications' | 'variants'>): Shown[] {
  const shown = new Map<string, Shown>();
  for (const { post, parts: rows } of threadsOf(publications)) {
    const standing = STANDING[post.state];
    if (standing === null || post.followsId !== null || isPart(post)) continue;
    const followed = rows.filter((row) => row.state !== 'cancelled');
    const last = rows.at(-1);
    const parts =
      last === undefined
        ? post.parts
        : [
            ...followed.map(({ text, link }) => (link === null ? { text } : { text, link })),
            ...(last.state === 'cancelled' ? [] : last.parts),
          ];
    const { platform, text, link, media, shownOptions: options } = post;
    const content = { platform, text, link, parts, media, options };
    const key = `${standing} ${wordsOf(content)} ${JSON.stringify(options)}`;
    const known = shown.get(key) ?? { key, standing, accounts: [], ...content };
    if (!known.accounts.includes(post.connectionName)) known.accounts.push(post.connectionName);
    shown.set(key, known);
  }
  const published = new Set([...shown.values()].map(wordsOf));
  for (const { platform, text, link, parts, media } of variants) {
    const content = { platform, text, link, parts, media };
    if (!published.has(wordsOf(content)))
      shown.set(`draft ${platform}`, {
        key: `draft ${platform}`,
        standing: 'draft',
        accounts: [],
        options: [],
        ...content,
      });
  }
  return [...shown.values()].sort((a, b) => ORDER.indexOf(a.standing) - ORDER.indexOf(b.standing));
}
