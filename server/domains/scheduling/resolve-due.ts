import { AppError } from '@/server/foundation/errors';
import { fact } from '@/server/foundation/facts';
import { localTimeOf, resolveLocalTime } from '@/server/foundation/local-time';

/** Tolerance for a "now" that was chosen a moment ago and must not be refused as past. */
const TOLERANCE_MS = 60_000;
const FARTHEST_MS = 2 * 366 * 24 * 3_600_000;

export interface Due {
  dueAt: Date;
  localTime: string;
  timeZone: string;
}

/** Returns the due time: now, or at a wall-clock time of the zone. Throws `invalid` for the past, the far future and skipped hours. */
export function resolveDue(local: string | null, timeZone: string, now: Date): Due {
  if (local === null) return { dueAt: now, localTime: localTimeOf(now, timeZone), timeZone };
  const { instant } = resolveLocalTime(local, timeZone);
  if (instant.getTime() < now.getTime() - TOLERANCE_MS)
    throw new AppError(
      'invalid',
      fact('scheduling.errors.past', { now: { local: localTimeOf(now, timeZone) }, zone: timeZone }),
      { fields: { when: fact('scheduling.errors.whenPast') }, details: { reason: 'past' } },
    );
  if (instant.getTime() > now.getTime() + FARTHEST_MS)
    throw new AppError('invalid', fact('scheduling.errors.tooFar'), {
      fields: { when: fact('scheduling.errors.whenTooFar') },
    });
  return { dueAt: instant < now ? now : instant, localTime: local, timeZone };
}
