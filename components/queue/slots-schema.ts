import type { useTranslations } from 'next-intl';
import { z } from 'zod';
import { minuteOf } from '@/components/ui/weekdays';

/** One time on several days, as it is typed, becomes the slots that are added. */
export const slotsSchema = (t: ReturnType<typeof useTranslations<'queue'>>) =>
  z
    .object({
      time: z.string().refine((time) => minuteOf(time) !== null, t('add.noTime')),
      days: z.array(z.number()).min(1, t('add.noDay')),
      topicId: z.string(),
    })
    .transform(({ time, days, topicId }) =>
      days.map((weekday) => ({ weekday, minute: minuteOf(time) ?? 0, topicId: topicId || null })),
    );
