import type { OwnLimits } from '@/server/foundation/own-limits';
import type { OptionField } from './options';
import { ownOptions, ownPost } from './own-limits';
import type { PostLimits } from './types';

/**
 * Bounds of the numbers that a platform may report. A number below the lower bound, or that is no whole number, is nonsense and ignored; one
 * above the upper bound is lowered to it, because we take no longer texts and no larger files anyway.
 */
const BOUNDS = {
  characters: [1, 20_000],
  linkCharacters: [1, 2_000],
  pictures: [1, 20],
  bytes: [1_024, 100 * 1024 * 1024],
  side: [16, 65_535],
  description: [1, 10_000],
  optionText: [1, 4_000],
} as const;

type Bound = keyof typeof BOUNDS;

function within(bound: Bound, value: unknown): number | undefined {
  const [least, most] = BOUNDS[bound];
  return typeof value === 'number' && Number.isInteger(value) && value >= least
    ? Math.min(value, most)
    : undefined;
}

/** The same object without the properties that are undefined; undefined if nothing is left. */
function given<T extends object>(values: T): { [K in keyof T]-?: NonNullable<T[K]> } | undefined {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return entries.length > 0 ? (Object.fromEntries(entries) as never) : undefined;
}

/**
 * Returns what can be believed of the limits that a connector read for an account, for a platform with these limits and options; null if
 * that is nothing. Servers are run by anybody, so they may report nonsense. Pure.
 */
export function readOwnLimits(
  claimed: OwnLimits,
  post: PostLimits | undefined,
  options: readonly OptionField[],
): OwnLimits | null {
  const media = post?.media;
  const said = claimed.pictures?.mimes;
  const mimes = said && media?.pictures.mimes.filter((mime) => said.includes(mime));
  const long = within('side', claimed.video?.largest?.long);
  const short = within('side', claimed.video?.largest?.short);
  const read = given({
    characters: post && within('characters', claimed.characters),
    linkCharacters: within('linkCharacters', claimed.linkCharacters),
    pictures:
      media &&
      given({
        most: within('pictures', claimed.pictures?.most),
        bytes: within('bytes', claimed.pictures?.bytes),
        longestSide: within('side', claimed.pictures?.longestSide),
        // Without one of these types, no picture could be made to fit.
        mimes: mimes?.some((mime) => /^image\/(?:jpeg|png|webp)$/.test(mime)) ? mimes : undefined,
      }),
    gif: media?.gif && claimed.gif && given({ bytes: within('bytes', claimed.gif.bytes) }),
    video:
      media?.video &&
      claimed.video &&
      given({
        bytes: within('bytes', claimed.video.bytes),
        largest: long !== undefined && short !== undefined ? { long, short } : undefined,
      }),
    descriptionCharacters: media && within('description', claimed.descriptionCharacters),
    options: given(
      Object.fromEntries(options.map((field) => [field.id, readOption(field, claimed.options?.[field.id])])),
    ),
  });
  const none = {
    ...(media?.gif && claimed.gif === null ? { gif: null } : {}),
    ...(media?.video && claimed.video === null ? { video: null } : {}),
  };
  const differing = Object.entries({ ...read, ...none }).map(([name, value]) => [
    name,
    isParts(value)
      ? given(
          Object.fromEntries(
            Object.entries(value).map(([part, one]) => [part, kept({ [name]: { [part]: one } }, one)]),
          ),
        )
      : kept({ [name]: value }, value),
  ]);
  return given(Object.fromEntries(differing)) ?? null;

  function kept(own: OwnLimits, value: unknown): unknown {
    return differs(own, post, options) ? value : undefined;
  }
}

const isParts = (value: unknown): value is object => typeof value === 'object' && value !== null;

/** Whether a limit differs from what the manifest says. How links are counted, only the platform's text rules know. */
const differs = (own: OwnLimits, post: PostLimits | undefined, options: readonly OptionField[]): boolean =>
  own.linkCharacters !== undefined ||
  JSON.stringify(ownPost(post, own)) !== JSON.stringify(post) ||
  JSON.stringify(ownOptions(options, own)) !== JSON.stringify(options);

type OwnOption = NonNullable<OwnLimits['options']>[string];

function readOption(field: OptionField, claimed: OwnOption | undefined): OwnOption | undefined {
  if (!claimed) return undefined;
  if (claimed.offered === false && !field.required) return { offered: false };
  if (field.kind === 'text') {
    const maxLength = within('optionText', claimed.maxLength);
    return maxLength === undefined ? undefined : { maxLength };
  }
  if (field.kind !== 'choice') return undefined;
  const choices = field.choices.flatMap(({ value }) => (claimed.choices?.includes(value) ? [value] : []));
  return choices.length > 0 ? { choices } : undefined;
}
