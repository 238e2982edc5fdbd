import type { useTranslations } from 'next-intl';
import { z } from 'zod';
import { minuteOf } from '@/components/ui/weekdays';

/** Turns a typed time on several days into the slots to add. */
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
