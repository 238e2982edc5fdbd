import type { OptionField } from '../kit/options';

const answer = <const N extends 1 | 2 | 3 | 4>(n: N) =>
  ({
    id: `pollAnswer${n}`,
    kind: 'text',
    label: { fact: `platforms.mastodon.options.pollAnswer${n}` },
    maxLength: 50,
  }) as const;
const length = <const S extends string, const N extends string>(seconds: S, name: N) =>
  ({ value: seconds, label: { fact: `platforms.mastodon.lengths.${name}` } }) as const;

export const mastodonOptions = [
  {
    id: 'visibility',
    kind: 'choice',
    label: { fact: 'platforms.mastodon.options.visibility' },
    choices: [
      { value: 'public', label: { fact: 'platforms.mastodon.visibilities.public' } },
      { value: 'unlisted', label: { fact: 'platforms.mastodon.visibilities.unlisted' } },
      { value: 'private', label: { fact: 'platforms.mastodon.visibilities.private' } },
      { value: 'direct', label: { fact: 'platforms.mastodon.visibilities.direct' } },
    ],
    default: 'public',
  },
  {
    id: 'warning',
    kind: 'text',
    label: { fact: 'platforms.mastodon.options.warning' },
    help: { fact: 'platforms.mastodon.options.warningHelp' },
    maxLength: 100,
  },
  { id: 'sensitive', kind: 'switch', label: { fact: 'platforms.mastodon.options.sensitive' } },
  {
    id: 'language',
    kind: 'text',
    label: { fact: 'platforms.mastodon.options.language' },
    help: { fact: 'platforms.mastodon.options.languageHelp' },
    maxLength: 10,
  },
  { ...answer(1), help: { fact: 'platforms.mastodon.options.pollHelp' } },
  answer(2),
  answer(3),
  answer(4),
  {
    id: 'pollLength',
    kind: 'choice',
    label: { fact: 'platforms.mastodon.options.pollLength' },
    // The shortest and the longest that Mastodon allows, and those of its own form between them.
    choices: [
      length('300', 'fiveMinutes'),
      length('1800', 'halfHour'),
      length('3600', 'hour'),
      length('21600', 'sixHours'),
      length('43200', 'halfDay'),
      length('86400', 'day'),
      length('259200', 'threeDays'),
      length('604800', 'week'),
      length('2592000', 'month'),
    ],
    default: '86400',
  },
  { id: 'pollMultiple', kind: 'switch', label: { fact: 'platforms.mastodon.options.pollMultiple' } },
] as const satisfies readonly OptionField[];
