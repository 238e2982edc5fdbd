import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import type { OptionValue, OptionValues } from '@/server/foundation/option-values';
import { hasVisibleText } from '@/server/foundation/visible-text';

interface Common {
  readonly id: string;
  readonly label: Fact;
  readonly help?: Fact;
  readonly required?: true;
}
/**
 * A field that a platform adds to each post: a title, a visibility, a board. `maxLength` counts characters (code points). A
 * `remote_choice` is chosen from what the capability `choices` returns for the account.
 */
export type OptionField =
  | (Common & { readonly kind: 'text'; readonly maxLength?: number; readonly default?: string })
  | (Common & {
      readonly kind: 'choice';
      readonly choices: readonly { readonly value: string; readonly label: Fact }[];
      readonly default?: string;
    })
  | (Common & { readonly kind: 'switch'; readonly default?: boolean })
  | (Common & { readonly kind: 'remote_choice' });

/** Maximum number of characters of a text option whose field sets no other. */
const MAX_OPTION_TEXT = 1000;
export const maxLengthOf = (field: { readonly maxLength?: number }): number =>
  field.maxLength ?? MAX_OPTION_TEXT;

/** A value that does not fit. `field` is null if the platform has no such field. */
export interface OptionProblem {
  readonly field: string | null;
  readonly message: Fact;
}

const lengthOf = (text: string): number => [...text].length;

/** Returns the stored value of a field and, if it does not fit, the problem. Undefined for no value. */
function readOption(
  field: OptionField,
  given: OptionValue | undefined,
  platform: string,
): { value?: OptionValue | undefined; problem?: Fact } {
  const about = { platform, option: field.label };
  const wrong = { problem: fact('connectors.options.wrongKind', about) };
  switch (field.kind) {
    case 'switch': {
      const value = given ?? field.default ?? false;
      return typeof value === 'boolean' ? { value } : wrong;
    }
    case 'remote_choice': {
      if (given === undefined) return {};
      return typeof given === 'object' && given.value !== '' ? { value: given } : wrong;
    }
    case 'text': {
      const value = given ?? field.default;
      if (value === undefined) return {};
      if (typeof value !== 'string') return wrong;
      if (!hasVisibleText(value)) return {};
      const length = lengthOf(value);
      const most = maxLengthOf(field);
      return length > most
        ? { value, problem: fact('connectors.options.tooLong', { ...about, most, length }) }
        : { value };
    }
    case 'choice': {
      const value = given ?? field.default;
      if (value === undefined || value === '') return {};
      if (typeof value !== 'string') return wrong;
      return field.choices.some((choice) => choice.value === value)
        ? { value }
        : { value, problem: fact('connectors.options.notOffered', about) };
    }
  }
}

/**
 * Checks the options of a publication against the platform's fields and fills in the defaults. The values contain only declared fields.
 * `given` may come from outside, or from a time when the platform had other fields.
 */
export function readOptions(
  fields: readonly OptionField[],
  given: OptionValues,
  platform: string,
): { values: OptionValues; problems: readonly OptionProblem[] } {
  const values: [string, OptionValue][] = [];
  const problems: OptionProblem[] = [];
  for (const field of fields) {
    const own = Object.hasOwn(given, field.id) ? given[field.id] : undefined;
    const { value, problem } = readOption(field, own, platform);
    if (problem) problems.push({ field: field.id, message: problem });
    else if (value !== undefined) values.push([field.id, value]);
    else if (field.required)
      problems.push({
        field: field.id,
        message: fact('connectors.options.missing', { platform, option: field.label }),
      });
  }
  const unknown = Object.keys(given).find((id) => !fields.some((field) => field.id === id));
  if (unknown !== undefined)
    problems.push({
      field: null,
      message: fact('connectors.options.unknown', { platform, option: unknown }),
    });
  return { values: Object.fromEntries(values), problems };
}

/** Returns options as a connector receives them. */
export const sentOptions = (values: OptionValues): Readonly<Record<string, string | boolean>> =>
  Object.fromEntries(
    Object.entries(values).map(([id, value]) => [id, typeof value === 'object' ? value.value : value]),
  );

/** An option as people read it. */
export interface ShownOption {
  readonly id: string;
  readonly label: Fact;
  readonly value: Fact;
}

/** Returns options as people read them, in the order of the fields. One that the platform no longer has is shown by its id. */
export function shownOptions(fields: readonly OptionField[], values: OptionValues): ShownOption[] {
  const place = (id: string) => fields.findIndex((field) => field.id === id);
  return Object.entries(values)
    .map(([id, value]) => {
      const field = fields[place(id)];
      return { id, label: field?.label ?? verbatim(id), value: shownValue(field, value) };
    })
    .sort((a, b) => (place(a.id) >>> 0) - (place(b.id) >>> 0));
}

function shownValue(field: OptionField | undefined, value: OptionValue): Fact {
  if (typeof value === 'object') return verbatim(value.label);
  if (typeof value === 'boolean') return fact(value ? 'connectors.options.on' : 'connectors.options.off');
  const choice = field?.kind === 'choice' ? field.choices.find((one) => one.value === value) : undefined;
  return choice?.label ?? verbatim(value);
}
