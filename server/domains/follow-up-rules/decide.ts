import { Temporal } from 'temporal-polyfill';
import type { FollowUpRule } from '@/db/schema';
import { HOUR_MS } from '@/server/foundation/durations';
import { localTimeOf, resolveRecurringTime } from '@/server/foundation/local-time';
import { DAY, isActive } from '../scheduling/suggest-times';

/** A reading counts a little after the end: the last one of a rule's time is asked for at its end, not before. */
export const READING_GRACE_MS = 20 * 60_000;

/** An account that has to be reconnected is waited for so long after a rule's number was reached. */
export const RECONNECT_MS = 7 * 86_400_000;

/** The end of the time in which a rule's number must be reached. */
export const followUpEnd = (rule: Pick<FollowUpRule, 'withinHours'>, publishedAt: Date): Date =>
  new Date(publishedAt.getTime() + rule.withinHours * HOUR_MS);

/**
 * What a reading means for a rule. `reached`: the number was seen in time. `over`: the time is over and it was not, or nobody
 * knows. `waiting`: it may still come. Pure.
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
  /** Minutes after midnight; the hours may run past it. */
  activeFrom: number;
  activeTo: number;
}

/**
 * When the repost or follow-up goes out: now, some hours later, or on the next day at the time of the post; moved to the next opening of the
 * active hours where the rule asks for that. Never before `now`. Pure.
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

/** The same time on the next day, for a day on which the plan has no room left. */
export const aDayLater = (due: FollowUpDue): FollowUpDue =>
  onDay(nextDay(due.localTime), due.localTime.slice(11), due.timeZone);

function withinHours(due: FollowUpDue, { activeFrom, activeTo, timeZone }: Hours): FollowUpDue {
  const minute = minuteOf(due.localTime);
  if (isActive(minute, activeFrom, activeTo) || activeFrom === activeTo) return due;
  // The next opening is today's or tomorrow's.
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
