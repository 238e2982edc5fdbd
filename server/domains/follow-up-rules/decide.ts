import { Temporal } from 'temporal-polyfill';
import type { FollowUpRule } from '@/db/schema';
import { HOUR_MS } from '@/server/foundation/durations';
import { localTimeOf, resolveRecurringTime } from '@/server/foundation/local-time';
import { DAY, isActive } from '../scheduling/suggest-times';

/** How long after a rule's end a reading still counts, in milliseconds. The last reading is requested at the end, not before. */
export const READING_GRACE_MS = 20 * 60_000;

/** How long a follow-up waits for its account to be reconnected after the threshold was reached, in milliseconds. */
export const RECONNECT_MS = 7 * 86_400_000;

/** Returns the end of the period in which a rule's threshold must be reached. */
export const followUpEnd = (rule: Pick<FollowUpRule, 'withinHours'>, publishedAt: Date): Date =>
  new Date(publishedAt.getTime() + rule.withinHours * HOUR_MS);

/**
 * Evaluates a reading against a rule. `reached`: the threshold was reached in time. `over`: the period ended without it, or the count is
 * unknown. `waiting`: it can still be reached. Pure.
 */
export function decideFollowUp(
  rule: Pick<FollowUpRule, 'atLeast' | 'withinHours'>,
  publishedAt: Date,
  value: number | null,
  readAt: Date,
): 'reached' | 'waiting' | 'over' {
  const end = followUpEnd(rule, publishedAt).getTime();
  if (value !== null && value >= rule.atLeast && readAt.getTime() <= end + READING_GRACE_MS) return 'reached';
  return readAt.getTime() >= end ? 'over' : 'waiting';
}

export interface FollowUpDue {
  dueAt: Date;
  localTime: string;
  timeZone: string;
}
export interface Hours {
  timeZone: string;
  /** Minutes after midnight. The active hours may run past midnight. */
  activeFrom: number;
  activeTo: number;
}

/**
 * Returns when a repost or follow-up is due: now, some hours later, or on the next day at the time of the post. If the rule asks for active
 * hours, the time moves to their next opening. Never before `now`. Pure.
 */
export function followUpDue(
  rule: Pick<FollowUpRule, 'wait' | 'activeHours'>,
  now: Date,
  publishedAt: Date,
  hours: Hours,
): FollowUpDue {
  const { timeZone } = hours;
  let due: FollowUpDue = { dueAt: now, localTime: localTimeOf(now, timeZone), timeZone };
  if (rule.wait.kind === 'hours') {
    const dueAt = new Date(now.getTime() + rule.wait.hours * HOUR_MS);
    due = { dueAt, localTime: localTimeOf(dueAt, timeZone), timeZone };
  } else if (rule.wait.kind === 'next_day')
    due = onDay(nextDay(localTimeOf(now, timeZone)), localTimeOf(publishedAt, timeZone).slice(11), timeZone);
  return rule.activeHours ? withinHours(due, hours) : due;
}

/** Returns the same time on the next day. Used when the plan is full on a day. */
export const aDayLater = (due: FollowUpDue): FollowUpDue =>
  onDay(nextDay(due.localTime), due.localTime.slice(11), due.timeZone);

function withinHours(due: FollowUpDue, { activeFrom, activeTo, timeZone }: Hours): FollowUpDue {
  const minute = minuteOf(due.localTime);
  if (isActive(minute, activeFrom, activeTo) || activeFrom === activeTo) return due;
  // The next opening of the active hours is today or tomorrow.
  const day = minute < activeFrom ? due.localTime.slice(0, 10) : nextDay(due.localTime);
  return onDay(day, clock(activeFrom % DAY), timeZone);
}

function onDay(day: string, time: string, timeZone: string): FollowUpDue {
  const { instant, local } = resolveRecurringTime(`${day}T${time}`, timeZone);
  return { dueAt: instant, localTime: local, timeZone };
}

const nextDay = (local: string): string =>
  Temporal.PlainDate.from(local.slice(0, 10)).add({ days: 1 }).toString();
const minuteOf = (local: string): number => Number(local.slice(11, 13)) * 60 + Number(local.slice(14, 16));
const clock = (minute: number): string =>
  `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
