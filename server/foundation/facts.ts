import type { ICUArgs, MessageKeys, NestedKeyOf, NestedValueOf } from 'use-intl/core';
import { z } from 'zod';
import type { Messages } from '@/i18n/message-types';

type FactMessages = Messages['facts'];
/** Key of a message under `facts` in the catalogue, such as `accounts.errors.emailTaken`. */
export type FactKey = MessageKeys<FactMessages, NestedKeyOf<FactMessages>>;

/** A point in time, shown as local time in `zone` (IANA name, UTC by default). `instant` is ISO 8601. */
export interface InstantParam {
  readonly instant: string;
  readonly zone?: string;
  /** Which part of it is shown; both by default. */
  readonly show?: 'day' | 'time';
}
/**
 * A wall-clock time `YYYY-MM-DDTHH:MM`, or a calendar day `YYYY-MM-DD`, shown without conversion: it has no zone, or the message names one.
 */
export interface LocalParam {
  readonly local: string;
  /** The part that is shown; by default all of it. */
  readonly show?: 'day' | 'time';
}
/** A day of the week by its ISO 8601 number: 1 is Monday, 7 is Sunday. */
export interface WeekdayParam {
  readonly weekday: number;
}
/** A list: "a, b and c", "a, b or c", or separated by spaces, for sentences and the parts of a duration. */
export interface ListParam {
  readonly list: readonly Param[];
  /** Defaults to `and`. */
  readonly as?: 'and' | 'or' | 'space';
}
/** A parameter of a message: text, a number, an amount of money, a point in time, a list, or another fact. */
export type Param =
  | string
  | number
  | Fact
  | InstantParam
  | LocalParam
  | WeekdayParam
  | ListParam
  | { readonly amount: number; readonly currency: string };

/** A message of the catalogue by name, with its parameters. */
export interface NamedFact {
  readonly fact: FactKey;
  readonly params?: Readonly<Record<string, Param>>;
}
/** A text that is not translated, such as a name, or a message from a vendor or user. Shown as it is in every language. */
export interface Verbatim {
  readonly verbatim: string;
}
/** A language-independent message, as stored in rows, events and errors. The catalogue turns it into text. */
export type Fact = NamedFact | Verbatim;
/** A fact as an adapter returns it to a reader, with its text in the reader's language. */
export type ShownFact = Fact & { readonly text: string };

type ArgsOf<K extends FactKey> = ICUArgs<
  NestedValueOf<FactMessages, K> & string,
  { ICUArgument: Param; ICUNumberArgument: number; ICUDateArgument: never }
>;
type ParamsOf<K extends FactKey> = keyof ArgsOf<K> extends never ? [] : [params: ArgsOf<K>];

/** Creates a fact. Its parameters are type-checked against the message. */
export function fact<const K extends FactKey>(key: K, ...[params]: ParamsOf<K>): NamedFact {
  return params ? { fact: key, params: params as Record<string, Param> } : { fact: key };
}

/** Wraps a text so that it can be used as a fact. */
export const verbatim = (text: string): Verbatim => ({ verbatim: text });

export const isFact = (value: unknown): value is Fact =>
  typeof value === 'object' &&
  value !== null &&
  (('fact' in value && typeof value.fact === 'string') ||
    ('verbatim' in value && typeof value.verbatim === 'string'));

/** Returns the name of a fact's message, or undefined for a text that has none. */
export const nameOf = (value: Fact | string | null | undefined): FactKey | undefined =>
  typeof value === 'object' && value && 'fact' in value ? value.fact : undefined;

/** Schema of a fact in the output of a verb. */
export const factOutput = z.custom<Fact>(isFact);

/** Turns facts into text in the language of one reader. */
export interface Words {
  readonly locale: string;
  say(value: Fact | string): string;
}

/** A function that returns the words in the language of a request's reader. */
export type WordsFor = (request: { readonly headers: Pick<Headers, 'get'> }) => Words;

/** An output in which each fact carries its text. */
export type Shown<T> = T extends Fact
  ? ShownFact
  : T extends Date | string | number | boolean | bigint | null | undefined | Uint8Array
    ? T
    : T extends readonly (infer E)[]
      ? Shown<E>[]
      : T extends object
        ? { [K in keyof T]: Shown<T[K]> }
        : T;

/** Adds the text to each fact in a value, at any depth. */
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
/** Sets how facts are written in logs and errors. Called once when a process starts; without it they contain the key and the parameters. */
export function describeFactsWith(say: (value: Fact) => string): void {
  english = say;
}
/** Returns a fact in English, for logs and for messages of errors. Never shown to users. */
export const inEnglish = (value: Fact | string): string =>
  typeof value === 'string' ? value : english(value);

/** Returns the problem of each input as text, in the reader's language. */
export const formatFields = (
  say: (value: Fact | string) => string,
  fields: Readonly<Record<string, Fact | string>> | undefined,
): Record<string, string> | undefined =>
  fields && Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, say(value)]));

/** Name of a message that a schema may use. Forms validate with the same schema, and browsers have the texts of `validation`. */
type ValidationKey = Extract<FactKey, `validation.${string}`>;
/** Encodes a fact as the message of a Zod schema, which can only be text. `factOf` decodes it. */
export const asMessage = <const K extends ValidationKey>(key: K, ...params: ParamsOf<K>): string =>
  JSON.stringify(fact(key, ...params));

/** Decodes the fact in the message of a schema. Returns null for any other message. */
export function factOf(message: string): Fact | null {
  let read: unknown = null;
  try {
    if (message.startsWith('{"fact":')) read = JSON.parse(message);
  } catch {
    // The text only looks like a fact.
  }
  return isFact(read) ? read : null;
}
