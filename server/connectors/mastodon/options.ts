import type { OptionRule } from '../kit/option-rules';
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
    // https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb
    counts: true,
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

/** The options with the answers of a poll, in order. */
export const POLL_ANSWERS = ['pollAnswer1', 'pollAnswer2', 'pollAnswer3', 'pollAnswer4'] as const;
const poll = { options: POLL_ANSWERS } as const;

export const mastodonOptionRules = [
  {
    // https://docs.joinmastodon.org/methods/statuses/#create: "media_ids" cannot be used with "poll".
    field: 'pollAnswer1',
    when: poll,
    excludes: [{ media: ['picture', 'gif', 'video'] }],
    message: { fact: 'platforms.mastodon.errors.pollWithMedia' },
  },
  {
    // https://github.com/mastodon/mastodon/blob/main/app/validators/poll_options_validator.rb
    field: 'pollAnswer1',
    when: poll,
    requires: [{ ...poll, atLeast: 2 }],
    message: { fact: 'platforms.mastodon.errors.oneAnswer' },
  },
  {
    field: 'pollAnswer1',
    distinct: POLL_ANSWERS,
    message: { fact: 'platforms.mastodon.errors.sameAnswers' },
  },
] as const satisfies readonly OptionRule[];
