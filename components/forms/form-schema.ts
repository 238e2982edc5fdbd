import { z } from 'zod';

/** Last step of a form's schema: pipes into the schema of a server verb, which validates any input. */
export const into = <S extends z.ZodType>(schema: S) => schema as unknown as z.ZodType<z.output<S>, never>;

/**
 * Last step of the schema of a form with prices: validates with the schema of a server verb, but sends the input as it is. The server reads
 * the typed prices itself, so that what the browser makes of them never counts.
 */
export const checkedBy = <S extends z.ZodType>(schema: S) =>
  z.custom<z.input<S>>().superRefine((input, context) => {
    for (const { path, message } of schema.safeParse(input).error?.issues ?? [])
      context.addIssue({ code: 'custom', path: [...path], message });
  }) as unknown as z.ZodType<z.input<S>, never>;
