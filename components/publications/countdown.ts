import type { PublicationWords } from './words';

/** How long before the time the countdown of seconds starts, in milliseconds. */
const COUNTED_MS = 90_000;
/** How long after the time "any moment" is shown, in milliseconds. */
const MOMENT_MS = 30_000;

/** Returns the text for a time that is `ms` milliseconds away: "in 12 s", "any moment", or null outside the countdown. */
export function secondsShown(ms: number, t: PublicationWords): string | null {
  if (ms > COUNTED_MS || ms < -MOMENT_MS) return null;
  return ms > 0 ? t('countdown.seconds', { seconds: Math.ceil(ms / 1000) }) : t('countdown.now');
}
