import type { OptionField } from '../kit/options';

/** Languages that a post can be marked with, by their BCP 47 tags. */
const LANGUAGES = [
  'ar',
  'de',
  'en',
  'es',
  'fr',
  'hi',
  'id',
  'it',
  'ja',
  'ko',
  'nl',
  'pl',
  'pt',
  'tr',
  'uk',
  'zh',
] as const;
/** The values with which an author labels a post: https://docs.bsky.app/docs/advanced-guides/moderation#self-labels */
const WARNINGS = ['sexual', 'nudity', 'porn', 'graphic-media'] as const;

export const blueskyOptions = [
  {
    id: 'language',
    kind: 'choice',
    label: { fact: 'platforms.bluesky.options.language' },
    help: { fact: 'platforms.bluesky.options.languageHelp' },
    choices: LANGUAGES.map((value) => ({
      value,
      label: { fact: `platforms.bluesky.languages.${value}` as const },
    })),
  },
  {
    id: 'warning',
    kind: 'choice',
    label: { fact: 'platforms.bluesky.options.warning' },
    help: { fact: 'platforms.bluesky.options.warningHelp' },
    choices: WARNINGS.map((value) => ({
      value,
      label: { fact: `platforms.bluesky.warnings.${value}` as const },
    })),
  },
] as const satisfies readonly OptionField[];
