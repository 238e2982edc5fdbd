import type { Fact, FactKey, ListParam, Param } from '@/server/foundation/facts';
import type { MediaKind, MediaLimits, PictureLimits, PostLimits } from './types';

/** Properties of a file that the limits apply to. */
export interface MediaFile {
  readonly kind: MediaKind;
  readonly mime: string;
  readonly bytes: number;
  readonly width: number;
  readonly height: number;
  readonly durationMs: number | null;
  /** Frames of a GIF; unknown for files from before they were counted. */
  readonly frames?: number | null | undefined;
  /** Pages of a document; unknown for files from before they were counted. */
  readonly pages?: number | null | undefined;
  readonly alt: string;
}
/** A problem and its subject. `index` identifies the file; it is null if the problem concerns all of them together. */
export type MediaProblem =
  | { index: null; about: 'all'; message: Fact }
  | { index: number; about: 'file' | 'description'; message: Fact };

/** `fact` without the dependencies of its module, because forms use it in the browser. */
const fact = ((key: FactKey, params?: Record<string, Param>): Fact =>
  params ? { fact: key, params } : { fact: key }) as typeof import('@/server/foundation/facts').fact;

const MB = 1024 * 1024;
/** Formats a size, rounded up to a tenth, so that a size above the limit never reads like the limit. */
const sizeOf = (bytes: number): Fact => {
  const [unit, one] = bytes >= 1024 * MB ? (['gb', 1024 * MB] as const) : (['mb', MB] as const);
  return fact('media.size', { unit, size: Math.ceil((bytes / one) * 10) / 10 });
};
const tenth = (value: number): number => Math.round(value * 10) / 10;
/** Formats up to two minutes in seconds, and longer times in hours, minutes and seconds without those that are zero. */
function durationOf(whole: number): ListParam {
  const [hours, minutes, seconds] =
    whole < 120 ? [0, 0, whole] : [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const list = [
    ...(hours ? [fact('media.hours', { count: hours })] : []),
    ...(minutes ? [fact('media.minutes', { count: minutes })] : []),
    ...(seconds || whole === 0 ? [fact('media.seconds', { count: seconds })] : []),
  ];
  return { list, as: 'space' };
}

/** Returns the media that a platform's posts accept, or null if posts are text only. */
export const mediaOf = (post: PostLimits | undefined): MediaLimits | null => post?.media ?? null;

/** Returns the maximum length of the text of a post, with or without media; null if it is unlimited. */
export const charactersOf = (
  post: { readonly characters: number | null; readonly media?: MediaLimits | null | undefined },
  withMedia: boolean,
): number | null => (withMedia && post.media?.characters) || post.characters;

/** Describes the media that a platform accepts: several pictures, one GIF, one video or one document. */
export const acceptedMedia = (platform: string, limits: MediaLimits): Fact =>
  fact('media.takes', {
    platform,
    pictures: limits.pictures.most,
    gif: limits.gif ? 'yes' : 'no',
    video: limits.video ? 'yes' : 'no',
    document: limits.document ? 'yes' : 'no',
  });

/** Returns the kinds that occur among these media, in the order in which messages list them. */
const kindsOf = (media: readonly MediaFile[]): MediaKind[] =>
  (['picture', 'gif', 'video', 'document'] as const).filter((kind) => media.some((m) => m.kind === kind));
const countOf = (media: readonly MediaFile[], kind: MediaKind): number =>
  media.filter((m) => m.kind === kind).length;

/**
 * Returns why a platform would reject these files; empty if it would not. Pure, so that forms report the same as the check before sending.
 */
export function mediaProblems(
  platform: string,
  limits: MediaLimits | null | undefined,
  media: readonly MediaFile[],
): MediaProblem[] {
  if (media.length === 0) return [];
  if (!limits) {
    const kinds = { list: kindsOf(media).map((kind) => fact(`media.kinds.${kind}`)), as: 'or' } as const;
    const message = fact('media.takesNone', { platform, kinds });
    return [{ index: null, about: 'all', message }];
  }
  const problems: MediaProblem[] = [];
  const pictures = countOf(media, 'picture');
  if (media.length > (pictures === media.length ? limits.pictures.most : 1))
    problems.push({
      index: null,
      about: 'all',
      message: fact('media.tooMany', {
        takes: acceptedMedia(platform, limits),
        counts: {
          list: kindsOf(media).map((kind) => fact(`media.counts.${kind}`, { count: countOf(media, kind) })),
        },
      }),
    });
  media.forEach((one, index) => {
    const file = problemOf(platform, limits, one);
    if (file) problems.push({ index, about: 'file', message: file });
    const { kinds, characters } = limits.alt;
    if (kinds.includes(one.kind) && one.alt.length > characters)
      problems.push({
        index,
        about: 'description',
        message: fact('media.descriptionTooLong', {
          platform,
          kind: one.kind,
          length: one.alt.length,
          most: characters,
        }),
      });
  });
  return problems;
}

function problemOf(platform: string, limits: MediaLimits, one: MediaFile): Fact | null {
  // Pictures are made to fit.
  if (one.kind === 'picture') return null;
  if (one.kind === 'document') return documentProblem(platform, limits.document, one);
  if (one.kind === 'gif')
    return limits.gif ? gifProblem(platform, limits.gif, one) : fact('media.noGifs', { platform });
  return limits.video ? videoProblem(platform, limits.video, one) : fact('media.noVideos', { platform });
}

function documentProblem(platform: string, limits: MediaLimits['document'], one: MediaFile): Fact | null {
  if (!limits) return fact('media.noDocuments', { platform });
  if (!limits.mimes.includes(one.mime)) return fact('media.documentType', { platform });
  const pages = one.pages ?? 0;
  if (limits.pages !== undefined && pages > limits.pages)
    return fact('media.documentPages', { platform, most: limits.pages, pages });
  return sizeProblem(platform, one, limits.bytes);
}

function gifProblem(platform: string, limits: NonNullable<MediaLimits['gif']>, one: MediaFile): Fact | null {
  const { width, height } = one;
  if (width > limits.width || height > limits.height)
    return fact('media.gifSides', {
      platform,
      mostWidth: limits.width,
      mostHeight: limits.height,
      width,
      height,
    });
  const frames = one.frames ?? 0;
  if (limits.frames !== undefined && frames > limits.frames)
    return fact('media.gifFrames', { platform, most: limits.frames, frames });
  const all = frames * width * height;
  if (limits.pixels !== undefined && all > limits.pixels)
    return fact('media.gifPixels', {
      platform,
      most: limits.pixels / 1e6,
      pixels: Math.ceil(all / 1e6),
    });
  return sizeProblem(platform, one, limits.bytes);
}

function videoProblem(
  platform: string,
  limits: NonNullable<MediaLimits['video']>,
  one: MediaFile,
): Fact | null {
  const { bytes, aspect, smallest, largest } = limits;
  const [least, most] = limits.seconds;
  const { width, height } = one;
  const long = (one.durationMs ?? 0) / 1000;
  if (long > most)
    return fact('media.videoTooLong', {
      platform,
      most: durationOf(most),
      length: durationOf(Math.ceil(long)),
    });
  if (long < least)
    return fact('media.videoTooShort', {
      platform,
      least: durationOf(least),
      // Rounded down, so that a length below the limit never reads like the limit.
      length: durationOf(Math.floor(long * 10) / 10),
    });
  const ratio = width / height;
  if (aspect && ratio > aspect[1])
    return fact('media.videoTooWide', { platform, most: tenth(aspect[1]), width, height });
  if (aspect && ratio < aspect[0])
    return fact('media.videoTooNarrow', { platform, most: tenth(1 / aspect[0]), width, height });
  const sides = [Math.max(width, height), Math.min(width, height)] as const;
  if (largest && (sides[0] > largest[0] || sides[1] > largest[1]))
    return fact('media.videoTooLarge', {
      platform,
      mostLong: largest[0],
      mostShort: largest[1],
      width,
      height,
    });
  if (smallest && (sides[0] < smallest[0] || sides[1] < smallest[1]))
    return fact('media.videoTooSmall', {
      platform,
      leastLong: smallest[0],
      leastShort: smallest[1],
      width,
      height,
    });
  return sizeProblem(platform, one, bytes);
}

/** Whether a platform takes a picture as it is. Otherwise it is made smaller, or of another type, before it is sent. */
export const pictureFits = (
  { mimes, bytes, longestSide, bothSides }: PictureLimits,
  one: Pick<MediaFile, 'mime' | 'bytes' | 'width' | 'height'>,
): boolean =>
  mimes.includes(one.mime) &&
  one.bytes <= bytes &&
  Math.max(one.width, one.height) <= (longestSide ?? Number.POSITIVE_INFINITY) &&
  one.width + one.height <= (bothSides ?? Number.POSITIVE_INFINITY);

/** How much smaller a picture may become, in bytes and in its longest side, before it loses much detail. */
const MUCH_LESS_BYTES = 8;
const MUCH_SHORTER = 4;

/** Whether a platform is sent a picture with much less detail than it has. */
export const losesDetail = ({ pictures }: MediaLimits, one: MediaFile): boolean =>
  one.kind === 'picture' &&
  (one.bytes > pictures.bytes * MUCH_LESS_BYTES ||
    Math.max(one.width, one.height) > (pictures.longestSide ?? Number.POSITIVE_INFINITY) * MUCH_SHORTER);

const sizeProblem = (platform: string, { kind, bytes }: MediaFile, most: number): Fact | null =>
  bytes > most
    ? fact('media.tooManyBytes', { platform, kind, most: sizeOf(most), size: sizeOf(bytes) })
    : null;

/** Whether a file of this kind can have a description there. */
export const canHaveDescription = (limits: MediaLimits | null | undefined, kind: MediaKind): boolean =>
  limits?.alt.kinds.includes(kind) ?? false;
