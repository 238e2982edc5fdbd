import { z } from 'zod';
import { asMessage } from './facts';
import { ID_PREFIX, type IdKind, idPattern } from './id-prefix';
import { showsSomething } from './visible-text';

/**
 * The types of everything that comes from outside: forms, addresses, the API, events, other sites. Each holds what the database can
 * store and what the code behind it can compute with, so that an odd value is a refusal with words and never an error of ours. Every
 * input schema is made of these (a test walks them); `z.string()`, `z.number()` and `z.date()` stand in no input by themselves.
 * Parsing twice gives the same value: verbs parse what their adapters have parsed.
 */

/** What a schema of this module takes, for the test that walks the inputs and for those that make odd ones. */
export interface InputKind {
  kind:
    | 'text'
    | 'id'
    | 'month'
    | 'day'
    | 'local'
    | 'time'
    | 'instant'
    | 'whole'
    | 'pattern'
    | 'address'
    | 'body';
  /** A value that it takes. */
  sample: unknown;
}
const kinds = z.registry<InputKind>();
/** The kind of a schema that this module made (refined or not), or undefined for any other. */
export const inputKind = (schema: z.core.$ZodType): InputKind | undefined => kinds.get(schema);
const marked = <S extends z.ZodType>(schema: S, kind: InputKind): S => {
  kinds.add(schema, kind);
  return schema;
};

/** Years in which everything here happens. Outside of them clocks, calendars and the database disagree. */
export const FIRST_YEAR = 2000;
export const LAST_YEAR = 2100;
const FIRST_INSTANT = Date.UTC(FIRST_YEAR, 0, 1);
const END_INSTANT = Date.UTC(LAST_YEAR + 1, 0, 1);
const YEAR = '(?:20\\d\\d|2100)';
/** The largest value of the database's `integer`. */
export const MAX_INT = 2_147_483_647;

/** Half of a surrogate pair, a noncharacter (U+FFFE and such, which platforms refuse), or a control character other than tab and line feed. */
const UNSHOWN_CHARACTER = /[\p{Cs}\p{Noncharacter_Code_Point}]|(?![\t\n])\p{Cc}/u;
/** What does not belong on one line either. */
const NOT_ON_A_LINE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\uFEFF]/u;
/** The mark that files begin with and that is pasted along with them. It has no meaning in a text, and platforms refuse it. */
const BYTE_ORDER_MARK = /\uFEFF/g;

export interface TextOptions {
  /** The least number of UTF-16 code units, 0 unless told. With one, a person's text (`text`, `line`) has to show something. */
  min?: number;
  /** The most UTF-16 code units. */
  max: number;
  /** Said when it is too short. */
  tooShort?: string;
  /** Said when it is too long. */
  tooLong?: string;
  /** Takes spaces off both ends; a text that shows nothing becomes an empty one. */
  trim?: boolean;
  /** Said when it has a character that cannot be shown. */
  unshown?: string;
}
const UNSHOWN = asMessage('validation.unshown');

function textOf(options: TextOptions & { lines: boolean; nfc: boolean; word?: boolean }) {
  const { min = 0, max, trim, lines, nfc, word } = options;
  const unshown = lines ? UNSHOWN_CHARACTER : NOT_ON_A_LINE;
  // One finding is enough, and a text that is too long is not searched.
  const problem = (value: string): string | null => {
    if (value.length > max) return options.tooLong ?? asMessage('validation.tooLong', { max });
    if (value.length < min)
      return (
        options.tooShort ??
        (min === 1 ? asMessage('validation.empty') : asMessage('validation.tooShort', { min }))
      );
    if (unshown.test(value)) return options.unshown ?? UNSHOWN;
    return min > 0 && !word && !showsSomething(value)
      ? (options.tooShort ?? asMessage('validation.empty'))
      : null;
  };
  const tidy = (value: string): string => {
    // Far too long whatever is taken off it: no work for it.
    if (value.length > 4 * max + 1000) return value;
    if (word) return trim ? value.trim() : value;
    let tidied = value.replace(BYTE_ORDER_MARK, '');
    if (lines) tidied = tidied.replace(/\r\n?/g, '\n');
    if (nfc) tidied = tidied.normalize('NFC');
    if (!trim) return tidied;
    tidied = tidied.trim();
    return tidied.length > max || unshown.test(tidied) || showsSomething(tidied) ? tidied : '';
  };
  return marked(
    z
      .string()
      .overwrite(tidy)
      .superRefine((value, context) => {
        const message = problem(value);
        if (message) context.addIssue({ code: 'custom', message });
      }),
    { kind: 'text', sample: 'a'.repeat(Math.max(min, 1)) },
  );
}

/** A text of several lines, kept as it was typed but for its line ends (CRLF and CR become LF) and byte order marks, which are taken out. */
export const text = (options: TextOptions) => textOf({ ...options, lines: true, nfc: false });
/** A name or a title: one line, trimmed, composed (NFC). */
export const line = (options: TextOptions) => textOf({ trim: true, ...options, lines: false, nfc: true });
/** What is looked for: one line, trimmed, composed (NFC). */
export const search = (max = 200) => line({ max });
/** A word of a machine (a token, a key, a vendor's id): one line, exactly as it came. */
export const token = (options: TextOptions) => textOf({ ...options, lines: false, nfc: false, word: true });

/** A text of a fixed form, at most `max` long. */
const pattern = (form: RegExp, max: number, message: string, kind: InputKind) =>
  marked(
    z.string().superRefine((value, context) => {
      if (value.length > max || !form.test(value)) context.addIssue({ code: 'custom', message });
    }),
    kind,
  );

/** The id of a row of this kind. Whether there is such a row, and whose, is the verb's business. */
export const id = (kind: IdKind) =>
  pattern(idPattern(kind), 64, asMessage('validation.id'), {
    kind: 'id',
    sample: `${ID_PREFIX[kind]}_${'0'.repeat(26)}`,
  });

/** A calendar month, `YYYY-MM`, from 2000 to 2100. */
export const month = () =>
  pattern(new RegExp(`^${YEAR}-(0[1-9]|1[0-2])$`), 7, asMessage('validation.month'), {
    kind: 'month',
    sample: '2026-03',
  });

const isDay = (value: string): boolean => {
  const at = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(value);
};
const DAY = new RegExp(`^${YEAR}-\\d\\d-\\d\\d$`);
/** A calendar day, `YYYY-MM-DD`, from 2000 to 2100. */
export const localDate = (message = asMessage('validation.day')) =>
  marked(
    z.string().refine((v) => DAY.test(v) && isDay(v), message),
    { kind: 'day', sample: '2026-03-05' },
  );

const LOCAL = new RegExp(`^${YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d$`);
/**
 * A wall-clock time of some zone, `YYYY-MM-DDTHH:MM`, from 2000 to 2100. Whether there is such a time (30 February, an hour that the clocks
 * skip) only the zone can tell, and the verb says it in its own words.
 */
export const localDateTime = (message = asMessage('validation.localTime')) =>
  pattern(LOCAL, 16, message, { kind: 'local', sample: '2026-03-05T09:00' });

/** A time of day, `HH:MM`. */
export const timeOfDay = (message = asMessage('validation.timeOfDay')) =>
  pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 5, message, { kind: 'time', sample: '09:00' });

const inRange = (at: number): boolean => at >= FIRST_INSTANT && at < END_INSTANT;
/** A moment as a Date, from 2000 to 2100. */
export const instant = (message = asMessage('validation.instant')) =>
  marked(
    z.date().refine((at) => inRange(at.getTime()), message),
    { kind: 'instant', sample: new Date('2026-03-05T09:00:00Z') },
  );
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;
/** A moment as a text (RFC 3339), from 2000 to 2100. */
export const instantText = (message = asMessage('validation.instantText')) =>
  marked(
    z.string().refine((v) => v.length <= 40 && RFC_3339.test(v) && inRange(Date.parse(v)), message),
    { kind: 'instant', sample: '2026-03-05T09:00:00.000Z' },
  );
/** The moment of `instant` that is nearest to milliseconds since 1970. */
export const nearestInstant = (ms: number): Date =>
  new Date(Math.min(Math.max(Math.trunc(ms) || 0, FIRST_INSTANT), END_INSTANT - 1));

/** Seconds since 1970, as other sites write a moment, up to 2100; given out as a Date. */
export const epochSeconds = () =>
  marked(
    z
      .int()
      .min(0)
      .lt(END_INSTANT / 1000)
      .transform((seconds) => new Date(seconds * 1000)),
    { kind: 'whole', sample: 1_772_000_000 },
  );

export interface WholeOptions {
  min: number;
  max: number;
  /** Said when it is no number, or no whole one. */
  notWhole?: string;
  tooSmall?: string;
  tooLarge?: string;
}
/** A whole number between two bounds, both included. */
export const whole = ({ min, max, notWhole, tooSmall, tooLarge }: WholeOptions) =>
  marked(
    z
      .int(notWhole ?? asMessage('validation.whole'))
      .min(min, tooSmall)
      .max(max, tooLarge)
      // -0 is 0, also in comparisons with what is stored.
      .overwrite((value) => value + 0),
    { kind: 'whole', sample: min },
  );
/** How many rows a page of a list has. */
export const limit = (max: number) => whole({ min: 1, max });
/** The version of a row that somebody saw; `least` is 0 where there may be no row yet. */
export const version = (least: 0 | 1 = 1) => whole({ min: least, max: MAX_INT });
/** The minute of a day, from 0 to 1439. */
export const minuteOfDay = () => whole({ min: 0, max: 1439 });

/** No price here is higher: a million of a currency with two decimals. */
const MAX_MINOR_UNITS = 100_000_000;
/** An amount to be paid, in minor units of a currency that stands beside it: more than nothing. */
export const minorUnits = (words: Omit<WholeOptions, 'min' | 'max'> = {}) =>
  whole({ min: 1, max: MAX_MINOR_UNITS, ...words });

let currencies: Set<string> | undefined;
/** An ISO 4217 code that the runtime knows. */
export const currency = (message = asMessage('validation.currency')) =>
  marked(
    z.string().refine((code) => {
      currencies ??= new Set(Intl.supportedValuesOf('currency'));
      return currencies.has(code);
    }, message),
    { kind: 'pattern', sample: 'USD' },
  );

/** Whether the runtime knows this zone of the IANA database (any spelling of its case). Offsets such as +02:00 are no zones. */
export function isTimeZone(value: string): boolean {
  if (value.length > 64 || !/^[A-Za-z][\w+/-]*$/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}
/** The zone's name as the database spells it. Throws RangeError for an unknown one. */
export const canonicalTimeZone = (value: string): string =>
  new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;
/** An IANA time zone that the runtime knows, as its database spells it. */
export const timeZone = (message = asMessage('validation.timeZone')) =>
  marked(
    z
      .string()
      .overwrite((value) => (isTimeZone(value) ? canonicalTimeZone(value) : value))
      .refine(isTimeZone, message),
    { kind: 'pattern', sample: 'Europe/Berlin' },
  );

/** The address of a page on the web, as it was typed. */
export const webAddress = (message = asMessage('validation.webAddress'), max = 2000) =>
  marked(
    z.string().superRefine((value, context) => {
      if (value.length > max)
        context.addIssue({ code: 'custom', message: asMessage('validation.tooLong', { max }) });
      else if (NOT_ON_A_LINE.test(value) || !/^https?:\/\/\S/i.test(value) || !URL.canParse(value))
        context.addIssue({ code: 'custom', message });
    }),
    { kind: 'address', sample: 'https://example.com/a' },
  );

const MAIL = z.email();
/** An e-mail address, trimmed. */
export const emailAddress = (message = asMessage('validation.email')) =>
  marked(
    z
      .string()
      .overwrite((value) => (value.length > 500 ? value : value.trim()))
      .superRefine((value, context) => {
        if (value.length > 254)
          context.addIssue({ code: 'custom', message: asMessage('validation.emailTooLong') });
        else if (!MAIL.safeParse(value).success) context.addIssue({ code: 'custom', message });
      }),
    { kind: 'address', sample: 'ann@example.com' },
  );

/**
 * A path of this app to come back to: it starts with one slash and cannot be read as another site.
 */
export const localPath = (max = 500) =>
  marked(
    z.string().refine((path) => {
      if (path.length > max || NOT_ON_A_LINE.test(path) || !/^\/(?![/\\])[^\s\\]*$/.test(path)) return false;
      return URL.canParse(path, 'http://here.invalid')
        ? new URL(path, 'http://here.invalid').origin === 'http://here.invalid'
        : false;
    }, asMessage('validation.localPath')),
    { kind: 'address', sample: '/home' },
  );

/** Where the next page of a list begins, when the list goes by time: the last row's moment and id. */
export const timeCursor = (kind: IdKind) =>
  marked(
    z.string().refine((v) => {
      const { at, after } = splitCursor(v);
      return RFC_3339.test(at) && inRange(Date.parse(at)) && idPattern(kind).test(after);
    }, asMessage('validation.cursor')),
    {
      kind: 'pattern',
      sample: `2026-03-05T09:00:00.000Z|${ID_PREFIX[kind]}_${'0'.repeat(26)}`,
    },
  );
const splitCursor = (cursor: string) => {
  const [at = '', after = ''] = cursor.slice(0, 100).split('|', 2);
  return { at, after };
};
/** Makes a `timeCursor` of a page's last row. */
export const writeTimeCursor = (at: Date, id: string): string => `${at.toISOString()}|${id}`;
/** What a `timeCursor` names, or undefined without one. */
export function readTimeCursor(cursor: string | null | undefined): { at: Date; id: string } | undefined {
  if (!cursor) return undefined;
  const { at, after } = splitCursor(cursor);
  return { at: new Date(at), id: after };
}

/** The name of a file as its sender gives it: whatever it is, as the file is kept under a safe one. Folders are taken off. */
export const fileName = () =>
  marked(
    z.string().overwrite((name) => (name.split(/[/\\]/).at(-1) ?? '').slice(0, 1000)),
    { kind: 'text', sample: 'a.pdf' },
  );

const isBody = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
/** Bytes that come little by little, read once. Whoever reads them counts them. */
export const body = () =>
  marked(z.custom<AsyncIterable<Uint8Array>>(isBody, asMessage('validation.body')), {
    kind: 'body',
    sample: { async *[Symbol.asyncIterator]() {} },
  });

/** The input of a verb that names one row. */
export const idInput = (kind: IdKind) => z.object({ id: id(kind) });
