import type { Permission } from '@/server/verbs/permissions';
import type { HoldKind } from './schemas';

/** How long a cleared queue can be restored, in milliseconds. */
export const UNDO_STOP_MS = 24 * 3_600_000;
/** Key of the open alert about an emergency stop. */
export const EMERGENCY_ALERT = 'posting:emergency';

/**
 * Permissions to hold. Anyone who publishes may pause and trigger the emergency stop, because an unnecessary stop costs less than a missing
 * one. Clearing the queue cancels what managers approved, so it has a permission of its own.
 */
export const MAY_HOLD: Record<HoldKind, Permission> = {
  pause: 'posting.pause',
  stop: 'posting.clear',
  emergency: 'posting.pause',
};
/** Permissions to start again. After an emergency stop, a member with responsibility has to check first. */
export const MAY_START: Record<HoldKind, Permission> = {
  pause: 'posting.start',
  stop: 'posting.start',
  emergency: 'posting.restart',
};
