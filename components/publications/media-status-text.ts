import type { PublicationItem } from '@/components/trpc/outputs';
import type { PublicationWords } from './words';

/** `reconnect`: a user has to reconnect the account; `failed`: the upload does not continue automatically. */
type MediaStatusText = {
  state: 'quiet' | 'moving' | 'failed' | 'reconnect';
  words: string;
  part: number | null;
};

type Kind = PublicationItem['media'][number]['kind'];
/** The noun for the files: the kind of a single one, "pictures" if all are pictures, otherwise "files". */
function together(media: readonly { kind: Kind }[]): Kind | 'pictures' | 'files' {
  if (media.length === 1 && media[0]) return media[0].kind;
  return media.every((m) => m.kind === 'picture') ? 'pictures' : 'files';
}

/** Returns the text about a publication's pictures before it is published, or null if there is nothing to report. */
export function mediaStatusText(
  p: Pick<PublicationItem, 'state'> & {
    media: readonly Pick<
      PublicationItem['media'][number],
      'kind' | 'bytes' | 'state' | 'part' | 'problem' | 'reconnect'
    >[];
  },
  platform: string,
  t: PublicationWords,
): MediaStatusText | null {
  const { media } = p;
  if (media.length === 0 || !['scheduled', 'queued'].includes(p.state)) return null;
  if (media.every((m) => m.state === 'with_post')) return null;
  const what = together(media);
  const at = media.findIndex((m) => m.state === 'failed');
  const failed = media[at];
  if (failed) {
    const problem = failed.problem?.text ?? t('media.refused', { platform });
    return {
      state: 'failed',
      words: media.length > 1 ? t('media.which', { kind: failed.kind, number: at + 1, problem }) : problem,
      part: null,
    };
  }
  const there = media.filter((m) => m.state === 'ready').length;
  if (there === media.length)
    return { state: 'quiet', words: t('media.there', { what, platform }), part: 100 };
  const held = media.find((m) => m.reconnect);
  if (held) {
    const why = held.problem?.text ?? t('media.signIn', { platform });
    return { state: 'reconnect', words: t('media.reconnectFirst', { why }), part: null };
  }
  const stuck = media.find((m) => m.problem)?.problem?.text;
  if (stuck) return { state: 'moving', words: t('media.stuck', { why: stuck }), part: null };
  const processing = media.find((m) => m.state === 'processing');
  if (processing) {
    const { kind, part } = processing;
    const words =
      part === null
        ? t('media.processing', { platform, kind })
        : t('media.processingPart', { platform, kind, part });
    return { state: 'moving', words, part };
  }
  if (media.every((m) => m.state === 'waiting'))
    return { state: 'quiet', words: t('media.soon', { what, platform }), part: null };
  const bytes = media.reduce((sum, m) => sum + m.bytes, 0);
  const sent = media.reduce(
    (sum, m) => sum + (m.state === 'ready' ? m.bytes : (m.bytes * (m.part ?? 0)) / 100),
    0,
  );
  const part = Math.floor((100 * sent) / Math.max(1, bytes));
  return { state: 'moving', words: t('media.uploading', { what, platform, part }), part };
}

/** Returns "Picture not uploaded" for a pending publication with a failed upload; otherwise null. */
export function notUploaded(
  p: Pick<PublicationItem, 'state'> & {
    media: readonly Pick<PublicationItem['media'][number], 'kind' | 'state'>[];
  },
  t: PublicationWords,
): string | null {
  const failed = ['scheduled', 'queued'].includes(p.state) && p.media.find((m) => m.state === 'failed');
  return failed ? t('media.notUploaded', { kind: failed.kind }) : null;
}
