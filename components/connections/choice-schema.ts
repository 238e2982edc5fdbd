import { z } from 'zod';

/** The accounts that are ticked; `noun` is what the platform calls one. */
export const choiceSchema = (noun: string) =>
  z.object({ remoteIds: z.array(z.string()).min(1, `Choose at least one ${noun}.`) });
