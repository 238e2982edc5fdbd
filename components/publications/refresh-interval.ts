import type { Publication } from '@/components/trpc/outputs';

/** How soon to look again, in milliseconds; false when nothing moves by itself. */
export function lookAgainIn(
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

/** Until when a publication is held back; null when it is not, or not any more. */
export function waitsUntil({ waits }: Pick<Publication, 'waits'>, now = Date.now()): Date | null {
  return waits && waits.until.getTime() > now ? waits.until : null;
}
