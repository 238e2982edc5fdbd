import { z } from 'zod';
import { isListedCurrency } from './currencies';
import { asMessage } from './facts';
import { ID_PREFIX, type IdKind, idPattern } from './id-prefix';
import { truncateText } from './storable';
import { hasVisibleText } from './visible-text';
import { canonicalTimeZone, isTimeZone } from './zones/time-zones';

/**
 * Schemas for everything that comes from outside: forms, URLs, the API, events, other sites. Each accepts only values that the database can
 * store and the code can compute with, so that an odd value is refused with a message and never causes an internal error. Every input
 * schema is composed of these (a test traverses them); `z.string()`, `z.number()` and `z.date()` are not used in inputs directly. Parsing
 * twice gives the same value, because verbs parse again what their adapters have parsed.
 */

/** What a schema of this module accepts. Used by the test that traverses the inputs and by those that generate odd values. */
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
  /** A value that it accepts. */
  sample: unknown;
}
const kinds = z.registry<InputKind>();
/** Returns the kind of a schema that this module created (refined or not), or undefined for any other. */
export const inputKind = (schema: z.core.$ZodType): InputKind | undefined => kinds.get(schema);
const marked = <S extends z.ZodType>(schema: S, kind: InputKind): S => {
  kinds.add(schema, kind);
  return schema;
};

/** Range of years that inputs may contain. Outside of it, clocks, calendars and the database disagree. */
export const FIRST_YEAR = 2000;
export const LAST_YEAR = 2100;
const FIRST_INSTANT = Date.UTC(FIRST_YEAR, 0, 1);
const END_INSTANT = Date.UTC(LAST_YEAR + 1, 0, 1);
const YEAR = '(?:20\\d\\d|2100)';
/** Maximum of the database's `integer`. */
export const MAX_INT = 2_147_483_647;

/** A lone surrogate, a noncharacter (such as U+FFFE, which platforms refuse), or a control character other than tab and line feed. */
const UNSHOWN_CHARACTER = /[\p{Cs}\p{Noncharacter_Code_Point}]|(?![\t\n])\p{Cc}/u;
/** Characters that are not allowed in a single line either. */
const NOT_ON_A_LINE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Noncharacter_Code_Point}\uFEFF]/u;
/**
 * Byte order mark at the beginning of files, which is pasted along with their text. It has no meaning in a text, and platforms refuse it.
 */
const BYTE_ORDER_MARK = /\uFEFF/g;

/** The first half of an emoji at the end, where a field's or another program's limit has cut the text. */
const CUT_EMOJI = /(?<=\P{Cs})[\uD800-\uDBFF]$/u;

export interface TextOptions {
  /**
   * Minimum number of UTF-16 code units, 0 by default. If it is set, a user's text (`text`, `line`) must also contain a visible character.
   */
  min?: number;
  /** Maximum number of UTF-16 code units. */
  max: number;
  /** Message for a text that is too short. */
  tooShort?: string;
  /** Message for a text that is too long. */
  tooLong?: string;
  /** Trims spaces from both ends. A text without a visible character becomes empty. */
  trim?: boolean;
  /** Message for a text with a character that cannot be shown. */
  unprintable?: string;
}
const UNSHOWN = asMessage('validation.unshown');

function textOf(options: TextOptions & { lines: boolean; nfc: boolean; word?: boolean }) {
  const { min = 0, max, trim, lines, nfc, word } = options;
  const unprintable = lines ? UNSHOWN_CHARACTER : NOT_ON_A_LINE;
  // Stops at the first problem, and does not search a text that is too long.
  const problem = (value: string): string | null => {
    if (value.length > max) return options.tooLong ?? asMessage('validation.tooLong', { max });
    if (value.length < min)
      return (
        options.tooShort ??
        (min === 1 ? asMessage('validation.empty') : asMessage('validation.tooShort', { min }))
      );
    if (unprintable.test(value)) return options.unprintable ?? UNSHOWN;
    return min > 0 && !word && !hasVisibleText(value)
      ? (options.tooShort ?? asMessage('validation.empty'))
      : null;
  };
  const tidy = (value: string): string => {
    // The text stays too long whatever is removed from it, so it is not processed.
    if (value.length > 4 * max + 1000) return value;
    if (word) return trim ? value.trim() : value;
    let tidied = value.replace(BYTE_ORDER_MARK, '').replace(CUT_EMOJI, '');
    if (lines) tidied = tidied.replace(/\r\n?/g, '\n');
    if (nfc) tidied = tidied.normalize('NFC');
    if (!trim) return tidied;
    tidied = tidied.trim();
    return tidied.length > max || unprintable.test(tidied) || hasVisibleText(tidied) ? tidied : '';
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

/**
 * Schema of a text of several lines, kept as typed except that line endings (CRLF and CR) become LF, and byte order marks and half an emoji
 * at the end are removed. It is not composed, because a post is sent as it was written; searches find it in either form.
 */
export const text = (options: TextOptions) => textOf({ ...options, lines: true, nfc: false });
/** Schema of a name or a title: one line, trimmed, composed (NFC). */
export const line = (options: TextOptions) => textOf({ trim: true, ...options, lines: false, nfc: true });
/** Schema of a search term: one line, trimmed, composed (NFC). */
export const search = (max = 200) => line({ max });
/** Schema of a machine-readable value (a token, a key, a vendor's id): one line, exactly as received. */
export const token = (options: TextOptions) => textOf({ ...options, lines: false, nfc: false, word: true });

/** Schema of a text of a fixed form, at most `max` long. */
const pattern = (form: RegExp, max: number, message: string, kind: InputKind) =>
  marked(
    z.string().superRefine((value, context) => {
      if (value.length > max || !form.test(value)) context.addIssue({ code: 'custom', message });
    }),
    kind,
  );

/** Schema of the id of a row of this kind. The verb checks whether the row exists and whose it is. */
export const id = (kind: IdKind) =>
  pattern(idPattern(kind), 64, asMessage('validation.id'), {
    kind: 'id',
    sample: `${ID_PREFIX[kind]}_${'0'.repeat(26)}`,
  });

/** Schema of a calendar month, `YYYY-MM`, from 2000 to 2100. */
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
/** Schema of a calendar day, `YYYY-MM-DD`, from 2000 to 2100. */
export const localDate = (message = asMessage('validation.day')) =>
  marked(
    z.string().refine((v) => DAY.test(v) && isDay(v), message),
    { kind: 'day', sample: '2026-03-05' },
  );

const LOCAL = new RegExp(`^${YEAR}-(0[1-9]|1[0-2])-(0[1-9]|[12]\\d|3[01])T([01]\\d|2[0-3]):[0-5]\\d$`);
/**
 * Schema of a wall-clock time in some zone, `YYYY-MM-DDTHH:MM`, from 2000 to 2100. Whether the time exists (30 February, an hour skipped by
 * a clock change) is checked by the verb, which knows the zone and has its own message.
 */
export const localDateTime = (message = asMessage('validation.localTime')) =>
  pattern(LOCAL, 16, message, { kind: 'local', sample: '2026-03-05T09:00' });

/** Schema of a time of day, `HH:MM`. */
export const timeOfDay = (message = asMessage('validation.timeOfDay')) =>
  pattern(/^([01]\d|2[0-3]):[0-5]\d$/, 5, message, { kind: 'time', sample: '09:00' });

const inRange = (at: number): boolean => at >= FIRST_INSTANT && at < END_INSTANT;
/** Schema of an instant as a Date, from 2000 to 2100. */
export const instant = (message = asMessage('validation.instant')) =>
  marked(
    z.date().refine((at) => inRange(at.getTime()), message),
    { kind: 'instant', sample: new Date('2026-03-05T09:00:00Z') },
  );
const RFC_3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/i;
/** Schema of an instant as text (RFC 3339), from 2000 to 2100. */
export const instantText = (message = asMessage('validation.instantText')) =>
  marked(
    z.string().refine((v) => v.length <= 40 && RFC_3339.test(v) && inRange(Date.parse(v)), message),
    { kind: 'instant', sample: '2026-03-05T09:00:00.000Z' },
  );
/** Returns the valid `instant` that is nearest to a number of milliseconds since 1970. */
export const nearestInstant = (ms: number): Date =>
  new Date(Math.min(Math.max(Math.trunc(ms) || 0, FIRST_INSTANT), END_INSTANT - 1));

/** Schema of an instant in seconds since 1970, as other sites write it, up to 2100. Parses to a Date. */
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
  /** Message for a value that is not a whole number. */
  notWhole?: string;
  tooSmall?: string;
  tooLarge?: string;
}
/** Schema of a whole number between two bounds, both included. */
export const whole = ({ min, max, notWhole, tooSmall, tooLarge }: WholeOptions) =>
  marked(
    z
      .int(notWhole ?? asMessage('validation.whole'))
      .min(min, tooSmall)
      .max(max, tooLarge)
      // -0 becomes 0, so that comparisons with stored values work, too.
      .overwrite((value) => value + 0),
    { kind: 'whole', sample: min },
  );
/** Schema of the number of rows on a page of a list. */
export const limit = (max: number) => whole({ min: 1, max });
/** Schema of the version of a row that a client has seen. `least` is 0 if the row may not exist yet. */
export const version = (least: 0 | 1 = 1) => whole({ min: least, max: MAX_INT });
/** Schema of a minute of the day, from 0 to 1439. */
export const minuteOfDay = () => whole({ min: 0, max: 1439 });

/** Schema of the code of a currency of ISO 4217 (currencies.ts). */
export const currency = (message = asMessage('validation.currency')) =>
  marked(z.string().refine(isListedCurrency, message), { kind: 'pattern', sample: 'USD' });

/** Schema of a time zone of the tz database. Parses to today's name of it. */
export const timeZone = (message = asMessage('validation.timeZone')) =>
  marked(
    z
      .string()
      .overwrite((value) => (isTimeZone(value) ? canonicalTimeZone(value) : value))
      .refine(isTimeZone, message),
    { kind: 'pattern', sample: 'Europe/Berlin' },
  );

/** Schema of the address of a web page, kept as typed. */
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
/** Schema of an e-mail address. Trims it. */
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

/** Schema of a path of this app to return to: it starts with a single slash and cannot be taken for another site. */
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

/** Schema of a cursor to the next page of a list sorted by time: the instant and id of the last row. */
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
/** Creates a `timeCursor` from the last row of a page. */
export const writeTimeCursor = (at: Date, id: string): string => `${at.toISOString()}|${id}`;
/** Parses a `timeCursor`. Returns undefined if there is none. */
export function readTimeCursor(cursor: string | null | undefined): { at: Date; id: string } | undefined {
  if (!cursor) return undefined;
  const { at, after } = splitCursor(cursor);
  return { at: new Date(at), id: after };
}

/** Schema of a file name as the client gives it, without its folders. Any name is valid, because the file is stored under a safe one. */
export const fileName = () =>
  marked(
    z.string().overwrite((name) => truncateText(name.split(/[/\\]/).at(-1) ?? '', 1000)),
    { kind: 'text', sample: 'a.pdf' },
  );

const isBody = (value: unknown): value is AsyncIterable<Uint8Array> =>
  typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
/** Schema of bytes that arrive in chunks and are read once. The reader must count them. */
export const body = () =>
  marked(z.custom<AsyncIterable<Uint8Array>>(isBody, asMessage('validation.body')), {
    kind: 'body',
    sample: { async *[Symbol.asyncIterator]() {} },
  });

/** Schema for the input of a verb that names one row. */
export const idInput = (kind: IdKind) => z.object({ id: id(kind) });
