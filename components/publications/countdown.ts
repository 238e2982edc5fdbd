import type { PublicationWords } from './words';

/** From when on seconds are counted down, in milliseconds. */
const COUNTED_MS = 90_000;
/** So long after its time it is no matter of seconds any more. */
const MOMENT_MS = 30_000;

/** What to say of a moment that is `ms` milliseconds away: "in 12 s", "any moment", or nothing while it is far. */
export function secondsShown(ms: number, t: PublicationWords): string | null {
  if (ms > COUNTED_MS || ms < -MOMENT_MS) return null;
  return ms > 0 ? t('countdown.seconds', { seconds: Math.ceil(ms / 1000) }) : t('countdown.now');
}
