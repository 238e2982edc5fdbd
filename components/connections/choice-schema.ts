import { z } from 'zod';

/** The accounts that are ticked; `none` is said when there are none. */
export const choiceSchema = (none: string) => z.object({ remoteIds: z.array(z.string()).min(1, none) });
