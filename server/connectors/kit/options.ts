import { type Fact, fact, verbatim } from '@/server/foundation/facts';
import type { OptionValue, OptionValues } from '@/server/foundation/option-values';
import { hasVisibleText } from '@/server/foundation/visible-text';
import { brokenRules, type OptionRule, type RuledPost } from './option-rules';

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
  | (Common & {
      readonly kind: 'text';
      readonly maxLength?: number;
      readonly default?: string;
      /** It is sent with the text of the post and of each part, and counts towards its length. */
      readonly counts?: true;
    })
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

/** What a platform says of the options of a post, and its name. */
export interface OptionTerms {
  readonly name: string;
  readonly options: readonly OptionField[];
  readonly optionRules: readonly OptionRule[];
}
/** A post whose options are checked. */
export interface OptionPost extends RuledPost {
  /** The maximum length of its text, and how much of it is left, in the text or part with the least; null if unlimited. */
  readonly room: { readonly most: number; readonly left: number } | null;
  /** Returns the length of a text as the platform counts it. */
  count(text: string): number;
}

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
 * `given` may come from outside, or from a time when the platform had other fields. With `post`, the rules about several options and the
 * post's media are checked as well; they do not concern what is attached to a post.
 */
export function readOptions(
  { options: fields, optionRules, name: platform }: OptionTerms,
  given: OptionValues,
  post: OptionPost | null,
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
  const read = Object.fromEntries(values);
  if (post) {
    const broken = brokenRules(optionRules, read, post);
    problems.push(...broken.map(({ field, message }) => ({ field, message })));
    problems.push(...fields.flatMap((field) => roomProblem(field, read, platform, post)));
  }
  return { values: read, problems };
}

/** Returns the problem with an option that counts towards the length of the text and leaves the text too little room. */
function roomProblem(
  field: OptionField,
  values: OptionValues,
  platform: string,
  { room, count }: OptionPost,
): OptionProblem[] {
  const value = values[field.id];
  if (!room || room.left < 0 || field.kind !== 'text' || !field.counts || typeof value !== 'string')
    return [];
  const length = count(value) + room.most - room.left;
  if (length <= room.most) return [];
  const about = { platform, option: field.label, most: room.most, length };
  return [{ field: field.id, message: fact('connectors.options.noRoom', about) }];
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
