import type { MediaKind, MediaLimits, PostLimits } from './types';

/** What the limits look at. */
export interface MediaLike {
  readonly kind: MediaKind;
  readonly mime: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number | null;
  readonly alt: string;
}
/** What is wrong, in words. `index` names the one that it is about; null where it is about all of them together. */
export interface MediaProblem {
  index: number | null;
  message: string;
}

const MB = 1024 * 1024;
const size = (bytes: number): string =>
  bytes >= 1024 * MB ? `${bytes / MB / 1024} GB` : `${Math.round((bytes / MB) * 10) / 10} MB`;
const TYPE: Record<string, string> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/gif': 'GIF',
  'video/mp4': 'MP4',
};
const listed = (words: readonly string[]): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
const inWords = (seconds: number): string =>
  seconds < 120
    ? `${seconds} seconds`
    : seconds % 3600 === 0
      ? `${seconds / 3600} hours`
      : `${Math.floor(seconds / 60)} minutes${seconds % 60 ? ` ${seconds % 60} seconds` : ''}`;

/** What a platform's posts take; null where they are words only. */
export const mediaOf = (post: PostLimits | undefined): MediaLimits | null => post?.media ?? null;

/** What a platform takes, in one sentence: "X takes 4 pictures, or one GIF, or one video." */
export function mediaInWords(name: string, limits: MediaLimits): string {
  const either = [
    `${limits.pictures.most} pictures`,
    ...(limits.gif ? ['one GIF'] : []),
    ...(limits.video ? ['one video'] : []),
  ];
  return `${name} takes ${either.join(', or ')}.`;
}

/** Why a platform would not take these; empty when it does. Pure, so that forms say the same as the check before sending. */
export function mediaProblems(
  name: string,
  limits: MediaLimits | null | undefined,
  media: readonly MediaLike[],
): MediaProblem[] {
  if (media.length === 0) return [];
  if (!limits) return [{ index: null, message: `${name} takes no pictures here.` }];
  const problems: MediaProblem[] = [];
  const pictures = media.filter((m) => m.kind === 'picture').length;
  if (media.length > (pictures === media.length ? limits.pictures.most : 1))
    problems.push({ index: null, message: `${mediaInWords(name, limits)} This has ${counted(media)}.` });
  media.forEach((one, index) => {
    const message = problemOf(name, limits, one);
    if (message) problems.push({ index, message });
  });
  return problems;
}

function counted(media: readonly MediaLike[]): string {
  const of = (kind: MediaKind, one: string, more: string) => {
    const count = media.filter((m) => m.kind === kind).length;
    return count === 0 ? [] : [count === 1 ? `1 ${one}` : `${count} ${more}`];
  };
  return listed([
    ...of('picture', 'picture', 'pictures'),
    ...of('gif', 'GIF', 'GIFs'),
    ...of('video', 'video', 'videos'),
  ]);
}

function problemOf(name: string, limits: MediaLimits, one: MediaLike): string | null {
  if (limits.alt.kinds.includes(one.kind) && [...one.alt].length > limits.alt.characters)
    return `The description has ${[...one.alt].length} characters, and ${name} takes ${limits.alt.characters}.`;
  if (one.kind === 'picture') {
    const { mimes, bytes } = limits.pictures;
    if (!mimes.includes(one.mime))
      return `${name} takes pictures as ${listed(mimes.map((m) => TYPE[m] ?? m))}, and this is ${TYPE[one.mime] ?? one.mime}.`;
    return tooLarge(name, 'pictures', one.bytes, bytes);
  }
  if (one.kind === 'gif') {
    if (!limits.gif) return `${name} takes no GIFs.`;
    const { bytes, width, height } = limits.gif;
    if (one.width > width || one.height > height)
      return `${name} takes GIFs of up to ${width} × ${height} pixels, and this is ${one.width} × ${one.height}.`;
    return tooLarge(name, 'GIFs', one.bytes, bytes);
  }
  if (!limits.video) return `${name} takes no videos.`;
  const { bytes, seconds, aspect } = limits.video;
  const long = (one.durationMs ?? 0) / 1000;
  if (long > seconds[1])
    return `${name} takes videos of up to ${inWords(seconds[1])}, and this one is ${inWords(Math.ceil(long))} long.`;
  if (long < seconds[0]) return `${name} takes no video shorter than ${inWords(seconds[0])}.`;
  const ratio = one.width / one.height;
  if (aspect && (ratio < aspect[0] || ratio > aspect[1]))
    return `This video is too ${ratio > aspect[1] ? 'wide' : 'narrow'} for ${name}.`;
  return tooLarge(name, 'videos', one.bytes, bytes);
}

const tooLarge = (name: string, what: string, bytes: number, most: number): string | null =>
  bytes > most ? `${name} takes ${what} of up to ${size(most)}, and this has ${size(bytes)}.` : null;

/** Whether a description can be given to it there. */
export const describable = (limits: MediaLimits | null | undefined, kind: MediaKind): boolean =>
  limits?.alt.kinds.includes(kind) ?? false;
