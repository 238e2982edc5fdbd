import { z } from 'zod';
import type { Ctx } from '../http';

/** Function that adds an action of the control page, which takes a form or JSON. */
export type Act = <S extends z.ZodType>(
  method: 'POST' | 'DELETE',
  path: string,
  schema: S,
  work: (input: z.output<S>, c: Ctx) => Promise<Record<string, unknown>>,
) => unknown;

/** What an action names does not exist, or cannot be done now. */
export class NotThere extends Error {}

export const int = z.coerce.number().int();
/** A number that a form may leave empty. */
export const optionalNumber = <T extends z.ZodType>(schema: T) =>
  z.preprocess((v) => (v === '' || v === null ? undefined : v), schema.optional());
export const flag = z.preprocess((v) => v === true || v === 'true' || v === 'on' || v === '1', z.boolean());
