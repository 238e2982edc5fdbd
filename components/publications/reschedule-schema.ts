import { z } from 'zod';
import type { PublicationWords } from './words';

/** The new time of a publication, `YYYY-MM-DDTHH:mm` in the workspace's zone. */
export const rescheduleSchema = (t: PublicationWords) =>
  z.object({ local: z.string().min(1, t('move.missing')) });
