import type { Publication } from '@/components/trpc/outputs';

/** Returns the polling interval in milliseconds, or false if nothing changes automatically. */
export function pollInterval(
  publications: readonly Pick<Publication, 'state' | 'dueAt' | 'retryAt'>[] | undefined,
): number | false {
  if (!publications) return false;
  const now = Date.now();
  let soon: number | false = false;
  for (const { state, dueAt, retryAt } of publications) {
    if (state === 'queued' || state === 'publishing') return 2_500;
    const due = (retryAt ?? dueAt).getTime() - now;
    if (state === 'scheduled' && due < 90_000) return 2_500;
    if (state === 'scheduled' || state === 'awaiting_approval') soon = 30_000;
  }
  return soon;
}

/** Returns until when a publication is held back; null if it is not, or no longer. */
export function waitsUntil({ waits }: Pick<Publication, 'waits'>, now = Date.now()): Date | null {
  return waits && waits.until.getTime() > now ? waits.until : null;
}
