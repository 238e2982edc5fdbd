import type { ICUArgs, MessageKeys, NestedKeyOf, NestedValueOf } from 'use-intl/core';
import { z } from 'zod';
import type { Messages } from '@/i18n/message-types';

type FactMessages = Messages['facts'];
/** The name of a message under `facts` in the catalogue: `accounts.errors.emailTaken`. */
export type FactKey = MessageKeys<FactMessages, NestedKeyOf<FactMessages>>;

/** A moment, shown as local time in `zone` (IANA name, UTC when none is given). `instant` is ISO 8601. */
export interface InstantParam {
  readonly instant: string;
  readonly zone?: string;
  /** What of it is shown; both when not said. */
  readonly show?: 'day' | 'time';
}
/** A wall-clock time `YYYY-MM-DDTHH:MM`, or a calendar day `YYYY-MM-DD`, as it is: in no zone, or in one that the message names. */
export interface LocalParam {
  readonly local: string;
  /** What of it is shown; all of it by default. */
  readonly show?: 'day' | 'time';
}
/** A day of the week by its ISO 8601 number: 1 is Monday, 7 is Sunday. */
export interface WeekdayParam {
  readonly weekday: number;
}
/** Several items: "a, b and c", "a, b or c", or separated by spaces, for sentences and the parts of a duration. */
export interface ListParam {
  readonly list: readonly Param[];
  /** `and` when not said. */
  readonly as?: 'and' | 'or' | 'space';
}
/** What a message may hold: text, a number, an amount of money, a moment, several of them, or another fact. */
export type Param =
  | string
  | number
  | Fact
  | InstantParam
  | LocalParam
  | WeekdayParam
  | ListParam
  | { readonly amount: number; readonly currency: string };

/** Something that is so, as a message's name and its values. */
export interface NamedFact {
  readonly fact: FactKey;
  readonly params?: Readonly<Record<string, Param>>;
}
/** A name, or what a vendor or a person said, where a fact can stand: shown as it is in every language. */
export interface Verbatim {
  readonly verbatim: string;
}
/** What rows, events and errors hold; the catalogue makes the words. */
export type Fact = NamedFact | Verbatim;
/** A fact as an adapter returns it to a reader: with its text in the reader's language. */
export type ShownFact = Fact & { readonly text: string };

type ArgsOf<K extends FactKey> = ICUArgs<
  NestedValueOf<FactMessages, K> & string,
  { ICUArgument: Param; ICUNumberArgument: number; ICUDateArgument: never }
>;
type ParamsOf<K extends FactKey> = keyof ArgsOf<K> extends never ? [] : [params: ArgsOf<K>];

/** A fact whose parameters are those that its message has. */
export function fact<const K extends FactKey>(key: K, ...[params]: ParamsOf<K>): NamedFact {
  return params ? { fact: key, params: params as Record<string, Param> } : { fact: key };
}

/** A text that stands where a fact can stand. */
export const verbatim = (text: string): Verbatim => ({ verbatim: text });

export const isFact = (value: unknown): value is Fact =>
  typeof value === 'object' &&
  value !== null &&
  (('fact' in value && typeof value.fact === 'string') ||
    ('verbatim' in value && typeof value.verbatim === 'string'));

/** The name of a fact's message; undefined for a text that has none. */
export const nameOf = (value: Fact | string | null | undefined): FactKey | undefined =>
  typeof value === 'object' && value && 'fact' in value ? value.fact : undefined;

/** A fact in a verb's output. */
export const factOutput = z.custom<Fact>(isFact);

/** Makes words of facts in one reader's language. */
export interface Words {
  readonly locale: string;
  say(value: Fact | string): string;
}

/** The words for whoever sent a request. */
export type WordsFor = (request: { readonly headers: Pick<Headers, 'get'> }) => Words;

/** An output with each fact's words beside it. */
export type Shown<T> = T extends Fact
  ? ShownFact
  : T extends Date | string | number | boolean | bigint | null | undefined | Uint8Array
    ? T
    : T extends readonly (infer E)[]
      ? Shown<E>[]
      : T extends object
        ? { [K in keyof T]: Shown<T[K]> }
        : T;

/** Puts the words beside each fact in an answer, at any depth. */
export function showFacts<T>(value: T, words: Words): Shown<T> {
  const visit = (one: unknown): unknown => {
    if (typeof one !== 'object' || one === null || one instanceof Date || ArrayBuffer.isView(one)) return one;
    if (Array.isArray(one)) return one.map(visit);
    if (isFact(one)) return { ...one, text: words.say(one) };
    if (Object.getPrototypeOf(one) !== Object.prototype) return one;
    return Object.fromEntries(Object.entries(one).map(([key, inner]) => [key, visit(inner)]));
  };
  return visit(value) as Shown<T>;
}

let english: (value: Fact) => string = (value) => {
  if ('verbatim' in value) return value.verbatim;
  return value.params ? `${value.fact} ${JSON.stringify(value.params)}` : value.fact;
};
/** Gives logs and errors their words. Called once at a process's start; without it they hold the fact's name and values. */
export function describeFactsWith(say: (value: Fact) => string): void {
  english = say;
}
/** A fact in English, for logs and for the message of an error. Never for what a person reads. */
export const described = (value: Fact | string): string =>
  typeof value === 'string' ? value : english(value);

/** What is wrong with each input, in one reader's words. */
export const fieldsIn = (
  say: (value: Fact | string) => string,
  fields: Readonly<Record<string, Fact | string>> | undefined,
): Record<string, string> | undefined =>
  fields && Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, say(value)]));

/** The name of a message that a schema may give: forms check with the same schema, and browsers have the words of `validation`. */
type ValidationKey = Extract<FactKey, `validation.${string}`>;
/**
 * A fact as the message of a Zod schema, which can only be text. `factOf` reads it back.
 */
export const asMessage = <const K extends ValidationKey>(key: K, ...params: ParamsOf<K>): string =>
  JSON.stringify(fact(key, ...params));

/** The fact in a schema's message. One that holds none is Zod's own: an input that no form sends, told in Zod's words. */
export function factOf(message: string): Fact {
  let read: unknown = null;
  try {
    if (message.startsWith('{"fact":')) read = JSON.parse(message);
  } catch {
    // Text that only looks like one.
  }
  return isFact(read) ? read : verbatim(message);
}
