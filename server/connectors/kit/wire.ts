import { z } from 'zod';
import { MAX_INT, nearestInstant } from '@/server/foundation/inputs';

/** An object of which only these fields matter; whatever else the platform sends is dropped. */
export const wire = <S extends z.ZodRawShape>(shape: S) => z.object(shape);

/** Numbers that platforms write as numbers or as texts; kept as a text, as they are names and nothing is computed. */
export const remoteId = z
  .union([z.string().min(1).max(200), z.number().int().nonnegative()])
  .transform((v) => String(v));

/** Seconds since 1970. A moment that no calendar here has is read as the nearest that it has: one odd record stops no feed. */
export const epoch = z.number().transform((seconds) => nearestInstant(seconds * 1000));

/** A number of things. One that the database cannot hold is read as the most that it can. */
export const count = z
  .int()
  .min(0)
  .transform((n) => Math.min(n, MAX_INT));

/** A number of people or times. What is no such number is not known: null. */
export const tally = z.number().int().min(0).max(MAX_INT).nullish().catch(null);

/** An answer whose content does not matter. */
export const anything = z.unknown();
