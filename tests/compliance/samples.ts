import type { SignInField } from '@/server/connectors/kit/manifest';
import type { MediaFile } from '@/server/connectors/kit/media';
import type { MediaKind, MediaLimits, PostLimits } from '@/server/connectors/kit/types';
import { countText } from '@/server/connectors/text-rules';
import { sampleGif, sampleJpeg, sampleMp4, samplePng } from '@/server/domains/files/testing';
import { wrongSecret } from './tricks';

const CONSONANTS = 'bdfgklmnprstvz';
const VOWELS = 'aeiou';
let words = 0;
/** Returns a word that no other text of the run has, nor one like it. */
export function newWord(): string {
  // The multiplier spreads consecutive numbers over the whole range.
  let n = (++words * 7_368_787 + 1_234_567) % 24_010_000;
  let word = '';
  for (let i = 0; i < 4; i++) {
    word += `${CONSONANTS[n % 14]}${VOWELS[Math.floor(n / 14) % 5]}`;
    n = Math.floor(n / 70);
  }
  return `${word}${words
    .toString()
    .padStart(4, '0')
    .replace(/\d/g, (d) => 'hjkqwxycbd'[Number(d)] ?? 'h')}`;
}

/** Texts that different scripts repeat, and what is counted differently by some platforms. */
export const SCRIPTS = {
  Latin: 'Straße, déjà vu ',
  Cyrillic: 'Чай для всех ',
  Arabic: 'شاي للجميع ',
  Chinese: '大家喝茶吧',
  Hindi: 'सबके लिए चाय ',
  emoji: 'so 👩‍👩‍👧 🍵 ',
};

/** Returns a text of exactly the maximum length of a post, by the platform's own count, that begins with `start`. */
export function fullText(
  platform: string,
  { characters }: PostLimits,
  start: string,
  script: string,
): string {
  const length = (text: string) => countText(platform, text);
  const [begun, each] = [
    length(start),
    length(`${start}${script.repeat(2)}x`) - length(`${start}${script}x`),
  ];
  let repeats = Math.max(0, Math.floor((characters - begun - 1) / Math.max(1, each)));
  while (repeats > 0 && length(`${start}${script.repeat(repeats)}x`) > characters) repeats--;
  let text = `${start}${script.repeat(repeats)}x`;
  while (length(`${text}x`) <= characters) text += 'x';
  return text;
}

export interface Sample {
  readonly kind: MediaKind;
  readonly mime: string;
  readonly name: string;
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

let colour = 0;
/** Returns a small file of a kind that the limits allow. No two are the same. */
export function sampleOf(kind: MediaKind, limits: MediaLimits): Sample {
  const shade = ++colour % 256;
  switch (kind) {
    case 'picture':
      return limits.pictures.mimes.includes('image/png')
        ? {
            kind,
            mime: 'image/png',
            name: 'a.png',
            bytes: samplePng(8, 8, [shade, 9, 9]),
            width: 8,
            height: 8,
          }
        : {
            kind,
            mime: 'image/jpeg',
            name: 'a.jpg',
            bytes: sampleJpeg(8, 8, shade + 1),
            width: 8,
            height: 8,
          };
    case 'gif':
      return {
        kind,
        mime: 'image/gif',
        name: 'a.gif',
        bytes: sampleGif(2 + (shade % 9)),
        width: 1,
        height: 1,
      };
    case 'video': {
      const [least, most] = limits.video?.seconds ?? [1, 60];
      const seconds = Math.min(most, Math.max(3, Math.ceil(least)));
      const side = Math.max(64, ...(limits.video?.smallest ?? []));
      const bytes = sampleMp4({ seconds, width: side, height: side, padding: 2_000 + shade });
      return { kind, mime: 'video/mp4', name: 'a.mp4', bytes, width: side, height: side };
    }
    case 'document':
      return {
        kind,
        mime: limits.document?.mimes[0] ?? 'application/pdf',
        name: 'a.pdf',
        bytes: Buffer.from(
          `%PDF-1.4\n%${shade}\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n`,
        ),
        width: 0,
        height: 0,
      };
  }
}

const file = (kind: MediaKind, mime: string, more: Partial<MediaFile> = {}): MediaFile => ({
  kind,
  mime,
  bytes: 1000,
  width: 64,
  height: 64,
  durationMs: null,
  alt: '',
  ...more,
});

/** Files at a platform's limits and just over each of them, by the names of the limits. */
export function edgesOf(limits: MediaLimits): Record<string, { at: MediaFile[]; over: MediaFile[] }> {
  const { pictures, gif, video, document, alt } = limits;
  const edges: Record<string, { at: MediaFile[]; over: MediaFile[] }> = {};
  const edge = (name: string, make: (more: number) => MediaFile) => {
    edges[name] = { at: [make(0)], over: [make(1)] };
  };
  if (pictures.most > 0) {
    const picture = file('picture', pictures.mimes[0] ?? '');
    edges['number of pictures'] = {
      at: Array(pictures.most).fill(picture),
      over: Array(pictures.most + 1).fill(picture),
    };
  }
  for (const kind of alt.kinds) {
    const mime = { picture: '', gif: '', video: 'video/mp4', document: document?.mimes[0] ?? '' }[kind];
    edge(`description of a ${kind}`, (more) =>
      file(kind, mime, {
        alt: 'x'.repeat(alt.characters + more),
        durationMs: kind === 'video' ? Math.ceil(video?.seconds[0] ?? 1) * 1000 : null,
        ...(kind === 'document' ? { width: 0, height: 0 } : squareOf(limits)),
      }),
    );
  }
  if (gif) {
    const { bytes, width, height, frames } = gif;
    edge('bytes of a gif', (more) => file('gif', 'image/gif', { bytes: bytes + more, frames: 2 }));
    edge('width of a gif', (more) => file('gif', 'image/gif', { width: width + more, height: 1, frames: 1 }));
    edge('height of a gif', (more) =>
      file('gif', 'image/gif', { width: 1, height: height + more, frames: 1 }),
    );
    if (frames !== undefined)
      edge('frames of a gif', (more) => file('gif', 'image/gif', { frames: frames + more }));
  }
  if (video) {
    const { bytes, seconds, largest } = video;
    const film = (more: Partial<MediaFile>) =>
      file('video', 'video/mp4', {
        durationMs: Math.max(seconds[0], Math.min(5, seconds[1])) * 1000,
        ...squareOf(limits),
        ...more,
      });
    edge('bytes of a video', (more) => film({ bytes: bytes + more }));
    edge('longest video', (more) => film({ durationMs: seconds[1] * 1000 + more }));
    if (seconds[0] > 0) edge('shortest video', (more) => film({ durationMs: seconds[0] * 1000 - more }));
    if (largest) edge('size of a video', (more) => film({ width: largest[0] + more, height: largest[1] }));
  }
  if (document) {
    const mime = document.mimes[0] ?? '';
    if (document.pages !== undefined) {
      const { pages } = document;
      edge('pages of a document', (more) =>
        file('document', mime, { pages: pages + more, width: 0, height: 0 }),
      );
    }
    edge('bytes of a document', (more) =>
      file('document', mime, { bytes: document.bytes + more, width: 0, height: 0 }),
    );
  }
  return edges;
}

const squareOf = ({ video }: MediaLimits): { width: number; height: number } => {
  const side = Math.max(64, ...(video?.smallest ?? []));
  return { width: side, height: side };
};

/** Returns values that the platform refuses in place of these: each secret is another one of the same shape. */
export const wrongValues = (
  fields: readonly SignInField[],
  right: Readonly<Record<string, string>>,
): Record<string, string> =>
  Object.fromEntries(
    fields.map(({ id, kind }) => [
      id,
      kind === 'secret' ? wrongSecret(right[id] ?? '1a2b3c4d') : (right[id] ?? ''),
    ]),
  );
