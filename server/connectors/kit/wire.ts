import { z } from 'zod';
import { MAX_INT, nearestInstant } from '@/server/foundation/inputs';
import { decodeHtml } from './html-text';

/** An object with only the relevant fields. All others that the platform sends are dropped. */
export const wire = <S extends z.ZodRawShape>(shape: S) => z.object(shape);

/** A field that may be missing, null or odd: all of that is null. For what matters less than the rest of its object. */
export const orNull = <S extends z.ZodType>(schema: S) => schema.nullish().catch(null);

/**
 * A text in which the platform escapes characters as HTML entities (`Mom&#39;s`). Decoded here, once, so that no other code has to; a schema
 * uses it only for fields that the platform escapes.
 */
export const htmlText = z.string().transform(decodeHtml);

/** A part of a path cannot be one of these: they name the folder itself and the one above it. */
const isPathPart = (id: string): boolean => id !== '.' && id !== '..';

/** Ids that platforms write as numbers or as strings. They become strings because nothing is computed with them. */
export const remoteId = z
  .union([z.string().min(1).max(200).refine(isPathPart), z.number().int().nonnegative()])
  .transform((v) => String(v));

/**
 * Seconds since 1970. A time outside the supported range becomes the nearest supported one, so that one odd record does not stop a sync.
 */
export const epoch = z.number().transform((seconds) => nearestInstant(seconds * 1000));

/** The same, also as digits, or null: for records of which something else matters more than their time. */
export const looseEpoch = orNull(
  z
    .union([z.number(), z.string().regex(/^\d{1,12}$/)])
    .transform(Number)
    .pipe(epoch),
);
/** A text, a number as text, or null if it is anything else. */
export const looseText = orNull(z.union([z.string(), z.number().transform(String)]));

/** A whole number that platforms write as a number or as a decimal text. Rejects numbers that a double does not hold exactly. */
export const wholeNumber = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^[+-]?\d{1,16}$/)
      .transform(Number),
  ])
  .refine((value) => Number.isSafeInteger(value))
  .transform((value) => value + 0);

/** A code of a currency, in upper case. Whether it exists is decided where it is used. */
export const currencyCode = z
  .string()
  .regex(/^[A-Za-z]{3}$/)
  .transform((code) => code.toUpperCase());

/** A number of things, capped at the maximum that the database can store. */
export const count = z
  .int()
  .min(0)
  .transform((n) => Math.min(n, MAX_INT));

/** A count of users or events. Null (unknown) if it is not a valid count. */
export const tally = z.number().int().min(0).max(MAX_INT).nullish().catch(null);

/** A lifetime in seconds, as a number or as digits. Undefined if it is missing or meaningless (0, null, other text). */
export const lifetime = z
  .unknown()
  .transform((value) => (typeof value === 'string' && value.trim() !== '' ? Number(value) : value))
  .transform((value) =>
    typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : undefined,
  )
  .optional();

/** A response whose content does not matter. */
export const anything = z.unknown();
