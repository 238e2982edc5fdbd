import { z } from 'zod';

/** The selected accounts; `none` is the message when there are none. */
export const choiceSchema = (none: string) => z.object({ remoteIds: z.array(z.string()).min(1, none) });
