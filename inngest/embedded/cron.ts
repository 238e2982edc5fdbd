import { Cron as Expression } from 'croner';

/** A parsed cron expression. It fires by the minute, in UTC. */
export type Cron = Pick<Expression, 'match' | 'previousRuns'>;

/** The syntax that both runners support: five numeric fields, without names, nicknames such as `@daily` or time zones. */
const FIELDS = /^[\d*,/-]+(\s+[\d*,/-]+){4}$/;

/** Parses a cron expression of five numeric fields, in UTC. Throws on anything else, such as names and time zones. */
export function parseCron(text: string): Cron {
  if (!FIELDS.test(text.trim())) throw new Error(`the cron "${text}"`);
  try {
    return new Expression(text.trim(), { timezone: 'UTC', mode: '5-part', paused: true });
  } catch (error) {
    throw new Error(`the cron "${text}"`, { cause: error });
  }
}

/** Whether a cron fires in the minute of `at`. If both days are given, either is enough, as in Vixie's cron. */
export function fires(cron: Cron, at: Date): boolean {
  return cron.match(new Date(Math.floor(at.getTime() / 60_000) * 60_000));
}

/** Returns the last minute in which a cron fired, between `first` and the minute of `now` (both inclusive), or null if there is none. */
export function lastFiring(cron: Cron, first: Date, now: Date): Date | null {
  if (fires(cron, now)) return new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const [last] = first < now ? cron.previousRuns(1, now) : [];
  return last && last >= first ? last : null;
}
