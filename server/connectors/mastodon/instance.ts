import type { OwnLimits } from '@/server/foundation/own-limits';
import { mastodonOptions, POLL_ANSWERS } from './options';
import { LINK } from './text';
import type { Configuration } from './wire';

type Options = NonNullable<OwnLimits['options']>;

/** Returns the sides of a video with this many pixels in the shape of a television, which is how Mastodon's own limit came about. */
const sidesOf = (pixels: number): { long: number; short: number } => ({
  long: Math.floor(Math.sqrt((pixels * 16) / 9)),
  short: Math.floor(Math.sqrt((pixels * 9) / 16)),
});
const optional = <T, K extends string>(name: K, value: T | undefined): { [P in K]?: T } =>
  value === undefined ? {} : ({ [name]: value } as { [P in K]: T });

/** Translates what a server says of itself. The host checks the numbers. */
export function ownLimitsOf({ statuses, media_attachments: media, polls }: Configuration): OwnLimits {
  const link = statuses?.characters_reserved_per_url;
  const mimes = media?.supported_mime_types;
  const takes = (mime: string) => mimes === undefined || mimes.includes(mime);
  const pixels = media?.image_matrix_limit;
  const filmPixels = media?.video_matrix_limit;
  return {
    ...optional('characters', statuses?.max_characters),
    ...optional('linkCharacters', link === LINK ? undefined : link),
    pictures: {
      ...optional('most', statuses?.max_media_attachments),
      ...optional('bytes', media?.image_size_limit),
      ...optional('longestSide', pixels === undefined ? undefined : Math.floor(Math.sqrt(pixels))),
      ...optional('mimes', mimes),
    },
    gif: takes('image/gif') ? optional('bytes', media?.image_size_limit) : null,
    video: takes('video/mp4')
      ? {
          ...optional('bytes', media?.video_size_limit),
          ...optional('largest', filmPixels === undefined ? undefined : sidesOf(filmPixels)),
        }
      : null,
    ...optional('descriptionCharacters', media?.description_limit),
    options: polls ? pollOptions(polls) : {},
  };
}

/** Leaves out the answers and the lengths that a server does not allow. A number of answers below two is nonsense. */
function pollOptions(polls: NonNullable<Configuration['polls']>): Options {
  const { max_options: most, max_characters_per_option: maxLength } = polls;
  const { min_expiration: shortest = 0, max_expiration: longest = Number.POSITIVE_INFINITY } = polls;
  const answers = POLL_ANSWERS.map((id, place) => [
    id,
    most !== undefined && most >= 2 && place >= most ? { offered: false } : optional('maxLength', maxLength),
  ]);
  const lengths = mastodonOptions.flatMap((field) =>
    field.id === 'pollLength' ? field.choices.map(({ value }) => value) : [],
  );
  const choices = lengths.filter((value) => Number(value) >= shortest && Number(value) <= longest);
  return { ...Object.fromEntries(answers), pollLength: { choices } } as Options;
}
