import type { OptionField } from '../kit/options';

export const telegramOptions = [
  {
    id: 'silent',
    kind: 'switch',
    label: { fact: 'platforms.telegram.options.silent' },
    help: { fact: 'platforms.telegram.options.silentHelp' },
  },
  {
    id: 'protect',
    kind: 'switch',
    label: { fact: 'platforms.telegram.options.protect' },
    help: { fact: 'platforms.telegram.options.protectHelp' },
  },
  {
    id: 'preview',
    kind: 'switch',
    label: { fact: 'platforms.telegram.options.preview' },
    help: { fact: 'platforms.telegram.options.previewHelp' },
    default: true,
  },
] as const satisfies readonly OptionField[];
