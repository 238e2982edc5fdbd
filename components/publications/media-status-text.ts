import { mediaNoun } from '@/components/media/types';
import type { PublicationItem } from '@/components/trpc/outputs';
import { MEDIA_NOUN, mediaName } from '@/server/connectors/kit/media-noun';

/** `reconnect`: a person has to connect the account again; `failed`: it does not go on by itself. */
type Told = { state: 'quiet' | 'moving' | 'failed' | 'reconnect'; words: string; part: number | null };

/** What is said of a publication's pictures while it waits for its time; null when there is nothing to say. */
export function mediaStatusText(
  p: Pick<PublicationItem, 'state'> & {
    media: readonly Pick<
      PublicationItem['media'][number],
      'kind' | 'bytes' | 'state' | 'part' | 'problem' | 'reconnect'
    >[];
  },
  platform: string,
): Told | null {
  const { media } = p;
  if (media.length === 0 || !['scheduled', 'queued'].includes(p.state)) return null;
  const noun = mediaNoun(media);
  const failed = media.findIndex((m) => m.state === 'failed');
  if (failed >= 0) {
    const which =
      media.length > 1 ? `${mediaName(media[failed]?.kind ?? 'picture', failed, media.length)}: ` : '';
    return {
      state: 'failed',
      words: `${which}${media[failed]?.problem?.text ?? `${platform} did not take it.`}`,
      part: null,
    };
  }
  const there = media.filter((m) => m.state === 'ready').length;
  if (there === media.length)
    return {
      state: 'quiet',
      words: `The ${noun} ${media.length > 1 ? 'are' : 'is'} on ${platform}.`,
      part: 100,
    };
  const held = media.find((m) => m.reconnect);
  if (held) {
    const why = held.problem?.text ?? `${platform} needs you to sign in again.`;
    return { state: 'reconnect', words: `${why} It goes on once the account is reconnected.`, part: null };
  }
  const stuck = media.find((m) => m.problem)?.problem?.text;
  if (stuck) return { state: 'moving', words: `${stuck} We go on trying.`, part: null };
  const processing = media.find((m) => m.state === 'processing');
  if (processing) {
    const share = processing.part === null ? '' : `, ${processing.part} %`;
    const words = `${platform} is processing the ${MEDIA_NOUN[processing.kind]}${share}`;
    return { state: 'moving', words, part: processing.part };
  }
  if (media.every((m) => m.state === 'waiting'))
    return {
      state: 'quiet',
      words: `The ${noun} ${media.length > 1 ? 'are' : 'is'} uploaded to ${platform} shortly before its time.`,
      part: null,
    };
  const bytes = media.reduce((sum, m) => sum + m.bytes, 0);
  const sent = media.reduce(
    (sum, m) => sum + (m.state === 'ready' ? m.bytes : (m.bytes * (m.part ?? 0)) / 100),
    0,
  );
  const part = Math.floor((100 * sent) / Math.max(1, bytes));
  return { state: 'moving', words: `Uploading the ${noun} to ${platform}, ${part} %`, part };
}

/** "Picture not uploaded", while a post waits whose upload has failed; null otherwise. */
export function notUploaded(
  p: Pick<PublicationItem, 'state'> & {
    media: readonly Pick<PublicationItem['media'][number], 'kind' | 'state'>[];
  },
): string | null {
  const failed = ['scheduled', 'queued'].includes(p.state) && p.media.find((m) => m.state === 'failed');
  if (!failed) return null;
  return `${mediaName(failed.kind, 0, 1)} not uploaded`;
}
