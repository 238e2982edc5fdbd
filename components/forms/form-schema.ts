import { z } from 'zod';
import { parseMoney } from '@/server/foundation/money';

/** An amount as it is typed ("12.34") in minor units of its currency; what is none is an issue of the field of that name. */
export function readMoney(
  text: string,
  currency: string,
  field: string,
  context: z.core.$RefinementCtx,
): number {
  try {
    return parseMoney(text, currency).amount;
  } catch (error) {
    const message = error instanceof RangeError ? error.message : 'Write an amount such as 12.34.';
    context.addIssue({ code: 'custom', path: [field], message });
    return z.NEVER;
  }
}

/** The last step of a form's schema: goes on with the schema of one of the server's verbs, which looks at whatever it is given. */
export const into = <S extends z.ZodType>(schema: S) => schema as unknown as z.ZodType<z.output<S>, never>;
