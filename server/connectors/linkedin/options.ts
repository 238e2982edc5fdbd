import type { OptionField } from '../kit/options';

export const linkedinOptions = [
  {
    id: 'visibility',
    kind: 'choice',
    label: { fact: 'platforms.linkedin.options.visibility.label' },
    help: { fact: 'platforms.linkedin.options.visibility.help' },
    choices: [
      { value: 'PUBLIC', label: { fact: 'platforms.linkedin.options.visibility.public' } },
      { value: 'CONNECTIONS', label: { fact: 'platforms.linkedin.options.visibility.connections' } },
    ],
    default: 'PUBLIC',
  },
  {
    id: 'reshare',
    kind: 'switch',
    label: { fact: 'platforms.linkedin.options.reshare' },
    default: true,
  },
] as const satisfies readonly OptionField[];
