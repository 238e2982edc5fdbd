import type { OwnLimits } from '@/server/foundation/own-limits';
import type { OptionField } from './options';
import type { MediaLimits, PostLimits } from './types';

const cutAt = (most: number | undefined, own: number | undefined): number | undefined =>
  own === undefined || most === undefined ? most : Math.min(most, own);

/** Returns a platform's limits of posts as they are for one account. Pure, and light enough for the browser. */
export function ownPost<P extends PostLimits | undefined>(post: P, own: OwnLimits | null | undefined): P {
  if (!post || !own) return post;
  const { characters = post.characters } = own;
  const { media } = post;
  return { ...post, characters, ...(media ? { media: ownMedia(media, own) } : {}) };
}

function ownMedia(media: MediaLimits, own: OwnLimits): MediaLimits {
  const { pictures, gif, video, descriptionCharacters } = own;
  const characters = cutAt(media.characters, own.characters);
  return {
    ...media,
    ...(characters === undefined ? {} : { characters }),
    pictures: { ...media.pictures, ...pictures },
    gif: media.gif && (gif === null ? null : { ...media.gif, ...gif }),
    video: media.video && (video === null ? null : ownVideo(media.video, video)),
    alt: {
      ...media.alt,
      ...(descriptionCharacters === undefined ? {} : { characters: descriptionCharacters }),
    },
  };
}

function ownVideo(
  limits: NonNullable<MediaLimits['video']>,
  { largest, ...own }: NonNullable<OwnLimits['video']> = {},
): NonNullable<MediaLimits['video']> {
  return { ...limits, ...own, ...(largest ? { largest: [largest.long, largest.short] } : {}) };
}

/** Returns a platform's options as they are for one account. */
export function ownOptions(
  fields: readonly OptionField[],
  own: OwnLimits | null | undefined,
): readonly OptionField[] {
  const all = own?.options;
  if (!all) return fields;
  return fields.flatMap((field): OptionField[] => {
    const terms = Object.hasOwn(all, field.id) ? all[field.id] : undefined;
    if (!terms) return [field];
    if (terms.offered === false) return [];
    if (field.kind === 'text' && terms.maxLength !== undefined)
      return [{ ...field, maxLength: terms.maxLength }];
    if (field.kind !== 'choice' || !terms.choices) return [field];
    const choices = field.choices.filter(({ value }) => terms.choices?.includes(value));
    const usual = field.default;
    if (usual === undefined || terms.choices.includes(usual)) return [{ ...field, choices }];
    return [{ ...field, choices, default: choices[0]?.value ?? '' }];
  });
}
