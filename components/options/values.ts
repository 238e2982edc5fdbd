import type { AccountOptions, PublicationItem } from '@/components/trpc/outputs';
import type { OptionValue, OptionValues } from '@/server/foundation/option-values';
import type { ShownOptionText } from './options-shown';

export type FormField = AccountOptions['fields'][number];

/** Returns the values that a form starts with: those given, otherwise the defaults of the fields. */
export const startingValues = (fields: readonly FormField[], given: OptionValues | undefined): OptionValues =>
  given ??
  Object.fromEntries(
    fields.flatMap((field) =>
      field.kind === 'remote_choice' || field.default === '' ? [] : [[field.id, field.default]],
    ),
  );

/** Returns values with one changed; undefined removes it. Values that the platform has no field for are dropped. */
export function changedValues(
  fields: readonly FormField[],
  values: OptionValues,
  id: string,
  value: OptionValue | undefined,
): OptionValues {
  const known = Object.entries(values).filter(([name]) => fields.some((field) => field.id === name));
  const others = known.filter(([name]) => name !== id);
  return Object.fromEntries(value === undefined ? others : [...others, [id, value]]);
}

/** Returns the options of each account's publications: of the latest that is not out yet, otherwise of the latest. */
export function optionsOfAccounts(
  publications: readonly Pick<PublicationItem, 'connectionId' | 'state' | 'followsId' | 'options'>[],
): Record<string, OptionValues> {
  const own = publications.filter((p) => p.state !== 'cancelled' && p.followsId === null);
  const inOrder = [
    ...own.filter((p) => p.state === 'published'),
    ...own.filter((p) => p.state !== 'published'),
  ];
  return Object.fromEntries(inOrder.map((p) => [p.connectionId, p.options]));
}

/** Returns values as people read them, in the order of the fields. */
export const describeValues = (
  fields: readonly FormField[],
  values: OptionValues,
  words: { on: string; off: string },
): ShownOptionText[] =>
  fields.flatMap((field) => {
    const value = Object.hasOwn(values, field.id) ? values[field.id] : undefined;
    if (value === undefined || value === '') return [];
    const text =
      typeof value === 'boolean'
        ? words[value ? 'on' : 'off']
        : typeof value === 'object'
          ? value.label
          : (field.kind === 'choice' && field.choices.find((one) => one.value === value)?.label.text) ||
            value;
    return [{ id: field.id, label: field.label, value: { text } }];
  });
