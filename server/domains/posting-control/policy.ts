import type { Permission } from '@/server/verbs/permissions';
import type { HoldKind } from './schemas';

/** For how long the clearing of the queue can be undone. */
export const UNDO_STOP_MS = 24 * 3_600_000;
/** The open alert that everything is stopped. */
export const EMERGENCY_ALERT = 'posting:emergency';

/**
 * Who may hold. Whoever publishes may pause, and may pull the emergency brake: a stop too many costs less than one too few.
 * Clearing the queue takes back what managers approved.
 */
export const MAY_HOLD: Record<HoldKind, Permission> = {
  pause: 'posting.pause',
  stop: 'posting.clear',
  emergency: 'posting.pause',
};
/** Who may start again. What was stopped in an emergency is looked at by somebody who answers for it. */
export const MAY_START: Record<HoldKind, Permission> = {
  pause: 'posting.start',
  stop: 'posting.start',
  emergency: 'posting.restart',
};
