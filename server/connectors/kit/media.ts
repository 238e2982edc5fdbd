import type { MediaKind, MediaLimits, PostLimits } from './types';

/** What the limits look at. */
export interface MediaLike {
  readonly kind: MediaKind;
  readonly mime: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number | null;
  /** Of a GIF; not known of files from before it was counted. */
  readonly frames?: number | null | undefined;
  readonly alt: string;
}
/** What is wrong, in words, and what it is about. `index` names the one; null where it is about all of them together. */
export type MediaProblem =
  | { index: null; about: 'all'; message: string }
  | { index: number; about: 'file' | 'description'; message: string };

const MB = 1024 * 1024;
const plural = (count: number, one: string, more = `${one}s`): string =>
  `${count} ${count === 1 ? one : more}`;
/** Rounded upwards to a tenth, so that what is too large never reads like the limit. */
const size = (bytes: number): string =>
  bytes >= 1024 * MB
    ? `${Math.ceil((bytes / MB / 1024) * 10) / 10} GB`
    : `${Math.ceil((bytes / MB) * 10) / 10} MB`;
const TYPE: Record<string, string> = {
  'image/jpeg': 'JPEG',
  'image/png': 'PNG',
  'image/webp': 'WebP',
  'image/gif': 'GIF',
  'video/mp4': 'MP4',
};
const listed = (words: readonly string[], last = 'and'): string =>
  words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${last} ${words.at(-1)}`;
function inWords(seconds: number): string {
  if (seconds < 120) return plural(seconds, 'second');
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'hour'],
    [Math.floor((seconds % 3600) / 60), 'minute'],
    [seconds % 60, 'second'],
  ];
  return parts.flatMap(([count, unit]) => (count === 0 ? [] : [plural(count, unit)])).join(' ');
}

/** What a platform's posts take; null where they are words only. */
export const mediaOf = (post: PostLimits | undefined): MediaLimits | null => post?.media ?? null;

/** What a platform takes, in one sentence: "X takes up to 4 pictures, or one GIF, or one video." */
export function mediaInWords(name: string, limits: MediaLimits): string {
  const either = [
    limits.pictures.most === 1 ? 'one picture' : `up to ${limits.pictures.most} pictures`,
    ...(limits.gif ? ['one GIF'] : []),
    ...(limits.video ? ['one video'] : []),
  ];
  return `${name} takes ${either.join(', or ')}.`;
}

const NOUNS: readonly (readonly [MediaKind, string, string])[] = [
  ['picture', 'picture', 'pictures'],
  ['gif', 'GIF', 'GIFs'],
  ['video', 'video', 'videos'],
];

/** Why a platform would not take these; empty when it does. Pure, so that forms say the same as the check before sending. */
export function mediaProblems(
  name: string,
  limits: MediaLimits | null | undefined,
  media: readonly MediaLike[],
): MediaProblem[] {
  if (media.length === 0) return [];
  if (!limits) {
    const kinds = NOUNS.flatMap(([kind, , more]) => (media.some((m) => m.kind === kind) ? [more] : []));
    return [{ index: null, about: 'all', message: `${name} takes no ${listed(kinds, 'or')} here.` }];
  }
  const problems: MediaProblem[] = [];
  const pictures = media.filter((m) => m.kind === 'picture').length;
  if (media.length > (pictures === media.length ? limits.pictures.most : 1))
    problems.push({
      index: null,
      about: 'all',
      message: `${mediaInWords(name, limits)} This has ${counted(media)}.`,
    });
  media.forEach((one, index) => {
    const file = problemOf(name, limits, one);
    if (file) problems.push({ index, about: 'file', message: file });
    const { kinds, characters } = limits.alt;
    if (kinds.includes(one.kind) && one.alt.length > characters)
      problems.push({
        index,
        about: 'description',
        message: `The description has ${one.alt.length} characters, and ${name} takes ${characters}.`,
      });
  });
  return problems;
}

function counted(media: readonly MediaLike[]): string {
  return listed(
    NOUNS.flatMap(([kind, one, more]) => {
      const count = media.filter((m) => m.kind === kind).length;
      return count === 0 ? [] : [plural(count, one, more)];
    }),
  );
}

function problemOf(name: string, limits: MediaLimits, one: MediaLike): string | null {
  if (one.kind === 'picture') {
    const { mimes, bytes } = limits.pictures;
    if (!mimes.includes(one.mime))
      return `${name} takes pictures as ${listed(mimes.map((m) => TYPE[m] ?? m))}, and this is ${TYPE[one.mime] ?? one.mime}.`;
    return tooLarge(name, 'pictures', one.bytes, bytes);
  }
  if (one.kind === 'gif') return limits.gif ? gifProblem(name, limits.gif, one) : `${name} takes no GIFs.`;
  return limits.video ? videoProblem(name, limits.video, one) : `${name} takes no videos.`;
}

function gifProblem(name: string, limits: NonNullable<MediaLimits['gif']>, one: MediaLike): string | null {
  const { bytes, width, height, frames: most, pixels } = limits;
  if (one.width > width || one.height > height)
    return `${name} takes GIFs of up to ${width} × ${height} pixels, and this is ${one.width} × ${one.height}.`;
  const frames = one.frames ?? 0;
  if (most !== undefined && frames > most)
    return `${name} takes GIFs of up to ${most} frames, and this has ${frames}. Make it shorter.`;
  const all = frames * one.width * one.height;
  if (pixels !== undefined && all > pixels)
    return `${name} takes GIFs of up to ${pixels / 1e6} million pixels in all frames together, and this has ${Math.ceil(all / 1e6)} million. Make it smaller or shorter.`;
  return tooLarge(name, 'GIFs', one.bytes, bytes);
}

function videoProblem(
  name: string,
  limits: NonNullable<MediaLimits['video']>,
  one: MediaLike,
): string | null {
  const { bytes, seconds, aspect, smallest, largest } = limits;
  const long = (one.durationMs ?? 0) / 1000;
  if (long > seconds[1])
    return `${name} takes videos of up to ${inWords(seconds[1])}, and this one is ${inWords(Math.ceil(long))} long.`;
  if (long < seconds[0]) return `${name} takes no video shorter than ${inWords(seconds[0])}.`;
  const ratio = one.width / one.height;
  if (aspect && (ratio < aspect[0] || ratio > aspect[1]))
    return `This video is too ${ratio > aspect[1] ? 'wide' : 'narrow'} for ${name}.`;
  const is = `and this is ${one.width} × ${one.height}.`;
  const sides = [Math.max(one.width, one.height), Math.min(one.width, one.height)] as const;
  if (largest && (sides[0] > largest[0] || sides[1] > largest[1]))
    return `${name} takes videos of up to ${largest.join(' × ')} pixels, ${is}`;
  if (smallest && (sides[0] < smallest[0] || sides[1] < smallest[1]))
    return `${name} takes videos of at least ${smallest.join(' × ')} pixels, ${is}`;
  return tooLarge(name, 'videos', one.bytes, bytes);
}

const tooLarge = (name: string, what: string, bytes: number, most: number): string | null =>
  bytes > most ? `${name} takes ${what} of up to ${size(most)}, and this has ${size(bytes)}.` : null;

/** Whether a description can be given to it there. */
export const describable = (limits: MediaLimits | null | undefined, kind: MediaKind): boolean =>
  limits?.alt.kinds.includes(kind) ?? false;
