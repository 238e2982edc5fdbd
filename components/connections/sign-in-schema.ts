import { z } from 'zod';

/** What a user enters to sign in. `missing` is the message for a value that is not there. */
export const signInSchema = (
  { fields, server }: { fields: readonly string[]; server: boolean },
  missing: string,
) =>
  z.object({
    server: server ? z.string().trim().min(1, missing) : z.string(),
    values: z.object(Object.fromEntries(fields.map((id) => [id, z.string().trim().min(1, missing)]))),
  });
