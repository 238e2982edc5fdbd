import { z } from 'zod';
import { into } from '@/components/forms/form-schema';
import { evergreenInput } from '@/server/domains/planning/schemas';
import { hasVisibleText } from '@/server/foundation/visible-text';

/** Turns the typed gap and wordings into the saved ones; wordings that show nothing are left out. */
export const evergreenSchema = z
  .object({
    gap: z.string(),
    texts: z.record(z.string(), z.array(z.object({ text: z.string() }))),
    options: z.record(z.string(), z.record(z.string(), z.unknown())),
  })
  .transform(({ gap, texts, options }) => ({
    options: Object.entries(options).map(([connectionId, values]) => ({ connectionId, options: values })),
    gapDays: Math.trunc(Number(gap)),
    wordings: Object.fromEntries(
      Object.entries(texts)
        .map(([platform, list]) => [platform, list.map(({ text }) => text).filter(hasVisibleText)] as const)
        .filter(([, list]) => list.length > 0),
    ),
  }))
  .pipe(into(evergreenInput.pick({ gapDays: true, wordings: true, options: true })));
