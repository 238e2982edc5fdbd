import { z } from 'zod';
import { epochSeconds } from '@/server/foundation/inputs';

/** An object of which only these fields matter; whatever else the platform sends is dropped. */
export const wire = <S extends z.ZodRawShape>(shape: S) => z.object(shape);

/** Numbers that platforms write as numbers or as texts; kept as a text, as they are names and nothing is computed. */
export const remoteId = z
  .union([z.string().min(1).max(200), z.number().int().nonnegative()])
  .transform((v) => String(v));

/** Seconds since 1970. */
export const epoch = epochSeconds();

/** A number of people or times. What is no such number is not known: null. */
export const tally = z.number().int().min(0).max(2_147_483_647).nullish().catch(null);

/** An answer whose content does not matter. */
export const anything = z.unknown();
