import type { Fact } from '@/server/foundation/facts';
import type { OptionValues } from '@/server/foundation/option-values';
import { hasVisibleText } from '@/server/foundation/visible-text';
import type { MediaKind } from './post-media';

/** Something that a post may have. */
export type OptionCondition =
  /** At least one (`atLeast`) of these options has a value, or has the value `is`. A switch that is off has none. */
  | { readonly options: readonly string[]; readonly atLeast?: number; readonly is?: string | boolean }
  /** A file of one of these kinds. */
  | { readonly media: readonly MediaKind[] };

/**
 * A rule about several options of a post, or about options and media. It concerns posts that have `when`, or all posts without it: they must
 * have everything in `requires`, nothing in `excludes`, and no value twice in the options `distinct`. The parts of a thread are not concerned.
 */
export interface OptionRule<Message = Fact> {
  /** The option beside which forms say what is wrong. */
  readonly field: string;
  readonly when?: OptionCondition;
  readonly requires?: readonly OptionCondition[];
  readonly excludes?: readonly OptionCondition[];
  readonly distinct?: readonly string[];
  readonly message: Message;
}

/** A post as far as rules ask about it. */
export interface RuledPost {
  readonly media: readonly { readonly kind: MediaKind }[];
}

const textOf = (values: OptionValues, id: string): string => {
  const value = Object.hasOwn(values, id) ? values[id] : undefined;
  if (typeof value === 'object') return value.value;
  return typeof value === 'string' ? value : '';
};

function hasValue(values: OptionValues, id: string, is: string | boolean | undefined): boolean {
  const value = Object.hasOwn(values, id) ? values[id] : undefined;
  if (is !== undefined) return typeof value === 'object' ? value.value === is : value === is;
  return value === true || hasVisibleText(textOf(values, id));
}

function holds(condition: OptionCondition, values: OptionValues, { media }: RuledPost): boolean {
  if ('media' in condition) return media.some(({ kind }) => condition.media.includes(kind));
  const { options, atLeast = 1, is } = condition;
  return options.filter((id) => hasValue(values, id, is)).length >= atLeast;
}

function hasTwice(values: OptionValues, ids: readonly string[]): boolean {
  const texts = ids.map((id) => textOf(values, id).trim()).filter(hasVisibleText);
  return new Set(texts).size < texts.length;
}

/** Returns the rules that a post breaks with these options. Pure, so that forms say the same as the checks before sending. */
export const brokenRules = <Rule extends OptionRule<unknown>>(
  rules: readonly Rule[],
  values: OptionValues,
  post: RuledPost,
): Rule[] =>
  rules.filter(
    ({ when, requires = [], excludes = [], distinct = [] }) =>
      (when === undefined || holds(when, values, post)) &&
      (requires.some((one) => !holds(one, values, post)) ||
        excludes.some((one) => holds(one, values, post)) ||
        hasTwice(values, distinct)),
  );
