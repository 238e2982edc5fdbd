import type { HoldKind } from '@/server/domains/posting-control/schemas';

/** What each kind of hold means, for the bar and the controls. */
export const HELD: Record<HoldKind, { title: string; means: string }> = {
  pause: { title: 'Posting is paused', means: 'Nothing goes out; the queue is kept.' },
  stop: { title: 'Posting is stopped', means: 'Nothing goes out; the queue was cleared.' },
  emergency: {
    title: 'Everything is stopped',
    means: 'No posts, listings or price changes go out; the queue is kept.',
  },
};
