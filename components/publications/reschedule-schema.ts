import { z } from 'zod';

/** Another time for a publication, `YYYY-MM-DDTHH:mm` in the workspace's zone. */
export const rescheduleSchema = z.object({ local: z.string().min(1, 'Choose a date and a time.') });
