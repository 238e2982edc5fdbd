export type Cron = readonly [
  minute: Set<number>,
  hour: Set<number>,
  day: Set<number>,
  month: Set<number>,
  weekday: Set<number>,
] & {
  readonly anyDay: boolean;
  readonly anyWeekday: boolean;
};

const RANGES = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** Reads a cron expression of five numeric fields, in UTC. Throws on anything else, such as names and time zones. */
export function parseCron(text: string): Cron {
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5) throw new Error(`the cron "${text}"`);
  const sets = fields.map((field, i) => parseField(field, RANGES[i] ?? [0, 0], text));
  const weekday = sets[4];
  if (weekday?.has(7)) weekday.add(0);
  return Object.assign(sets as unknown as Cron, { anyDay: fields[2] === '*', anyWeekday: fields[4] === '*' });
}

function parseField(field: string, [low, high]: readonly [number, number], whole: string): Set<number> {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const match = /^(?:\*|(\d+)(?:-(\d+))?)(?:\/(\d+))?$/.exec(part);
    if (!match) throw new Error(`the cron "${whole}"`);
    const step = match[3] ? Number(match[3]) : 1;
    const from = match[1] ? Number(match[1]) : low;
    const to = match[2] ? Number(match[2]) : match[1] && !match[3] ? from : high;
    if (from < low || to > high || from > to || step < 1) throw new Error(`the cron "${whole}"`);
    for (let value = from; value <= to; value += step) values.add(value);
  }
  return values;
}

/** Whether a cron fires in the minute of this instant. With both days given, either is enough (as in Vixie's cron). */
export function fires(cron: Cron, at: Date): boolean {
  const [minute, hour, day, month, weekday] = cron;
  if (!minute.has(at.getUTCMinutes()) || !hour.has(at.getUTCHours()) || !month.has(at.getUTCMonth() + 1))
    return false;
  const byDay = day.has(at.getUTCDate());
  const byWeekday = weekday.has(at.getUTCDay());
  return cron.anyDay || cron.anyWeekday ? byDay && byWeekday : byDay || byWeekday;
}
