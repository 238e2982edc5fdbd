import { counted } from '../kit/engagement';
import { decodeHtml } from '../kit/html-text';
import type { Judgement } from '../kit/lookup';
import { matchText } from '../kit/match-text';
import type { Engagement, LookupInput } from '../kit/types';
import { POLL_ANSWERS } from './options';
import { MENTION } from './text';
import type { Counted, Status } from './wire';

/** Returns the text of a post from its HTML. Mastodon puts paragraphs and line breaks into it, and hides parts of links, which stay. */
export const textOfContent = (html: string): string =>
  decodeHtml(
    html
      .replace(/<br\b[^<>]*>/gi, '\n')
      .replace(/<\/p>/gi, '\n\n')
      .replace(/<\/?[a-z][^<>]*>/gi, ''),
  ).trim();

/** A warning and a text as one, because Mastodon makes a warning without a text the text. Mentions lose their server. */
const wholeOf = (warning: string, text: string): string =>
  `${warning}\n\n${text}`.trim().replace(MENTION, '@$1');

/** Whether a post is the one that was sent. The ids of its media are unique, so they decide where there are any. */
export function judgeStatus(
  status: Status,
  { media = [], replyTo, options = {} }: Pick<LookupInput, 'media' | 'replyTo' | 'options'>,
  sent: string,
): Judgement {
  if (status.reblog || (status.in_reply_to_id ?? undefined) !== replyTo) return 'other';
  const shownMedia = status.media_attachments;
  if (shownMedia.length > 0)
    return media.some(({ remoteId }) => shownMedia.some(({ id }) => id === remoteId)) ? 'same' : 'other';
  const warning = typeof options.warning === 'string' ? options.warning : '';
  const match = matchText(
    wholeOf(status.spoiler_text ?? '', textOfContent(status.content)),
    wholeOf(warning, sent),
  );
  return media.length > 0 && match === 'same' ? 'similar' : match;
}

/** Mastodon counts no views. */
export const engagementOf = (status: Counted): Engagement =>
  counted(status.id, {
    likes: status.favourites_count,
    replies: status.replies_count,
    reposts: status.reblogs_count,
  });

/** Returns the body of a post. A thread's parts share its options, but only the first part has the poll. */
export function statusOf(
  text: string,
  { media = [], replyTo, options = {} }: Pick<LookupInput, 'media' | 'replyTo' | 'options'>,
) {
  const given = (id: string): string | undefined => {
    const value = options[id];
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  };
  const answers = replyTo === undefined ? answersOf(options) : [];
  return {
    ...(text === '' ? {} : { status: text }),
    ...(media.length > 0 ? { media_ids: media.map(({ remoteId }) => remoteId) } : {}),
    ...(replyTo === undefined ? {} : { in_reply_to_id: replyTo }),
    visibility: given('visibility'),
    spoiler_text: given('warning'),
    sensitive: options.sensitive === true ? true : undefined,
    language: given('language'),
    ...(answers.length > 0
      ? {
          poll: {
            options: answers,
            expires_in: Number(given('pollLength')),
            multiple: options.pollMultiple === true,
          },
        }
      : {}),
  };
}

/** Returns the answers of the poll, without those that were left empty. */
export const answersOf = (options: Readonly<Record<string, string | boolean>>): string[] =>
  POLL_ANSWERS.flatMap((id) => {
    const answer = options[id];
    return typeof answer === 'string' && answer.trim() !== '' ? [answer.trim()] : [];
  });
