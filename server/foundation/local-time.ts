import { Temporal } from 'temporal-polyfill';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';

export interface ResolvedTime {
  instant: Date;
  /** Said to the person when the local time exists twice. */
  note: Fact | null;
}

/**
 * The instant of a wall-clock time in a zone. The rule: a time that a clock change skips is refused with the nearest later
 * time as a suggestion; a time that exists twice is the first of the two, and the note says so.
 */
export function resolveLocalTime(local: string, timeZone: string): ResolvedTime {
  const plain = readPlain(local);
  const earlier = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  const later = plain.toZonedDateTime(timeZone, { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds)
    return { instant: new Date(earlier.epochMilliseconds), note: null };
  if (!earlier.toPlainDateTime().equals(plain)) {
    // In a gap both readings move off the chosen time; the next minute that exists is where the clock lands.
    const landed = landing(plain, timeZone).toPlainDateTime();
    const suggestion = wall(landed);
    const next = { local: suggestion };
    throw new AppError(
      'invalid',
      fact('scheduling.errors.skipped', { time: { local: wall(plain) }, zone: timeZone, next }),
      {
        fields: { when: fact('scheduling.errors.whenSkipped', { next }) },
        details: { reason: 'skipped_hour', suggestion },
      },
    );
  }
  return { instant: new Date(earlier.epochMilliseconds), note: twiceNote(plain, earlier) };
}

export interface RecurringTime {
  instant: Date;
  /** The wall-clock time that it really has, `YYYY-MM-DDTHH:mm`; later than the wanted one where the clocks skip that. */
  local: string;
  /** Said to the person where the clocks skip or repeat the wanted time. */
  note: Fact | null;
}

/**
 * The instant of a time that recurs. Nobody is there to choose another, so the rule is: a time that a clock change skips is the
 * first minute that exists after it; a time that exists twice is the first of the two. Throws for a date that does not exist.
 */
export function resolveRecurringTime(local: string, timeZone: string): RecurringTime {
  const plain = readPlain(local);
  const earlier = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(plain)) {
    const later = plain.toZonedDateTime(timeZone, { disambiguation: 'later' });
    const twice = earlier.epochMilliseconds !== later.epochMilliseconds;
    return {
      instant: new Date(earlier.epochMilliseconds),
      local,
      note: twice ? twiceNote(plain, earlier) : null,
    };
  }
  const landed = landing(plain, timeZone);
  const next = wall(landed.toPlainDateTime());
  return {
    instant: new Date(landed.epochMilliseconds),
    local: next,
    note: fact('scheduling.notes.skipped', {
      time: { local: wall(plain) },
      zone: timeZone,
      next: { local: next },
    }),
  };
}

/** The first moment after the gap that a wall-clock time lies in. */
function landing(plain: Temporal.PlainDateTime, timeZone: string): Temporal.ZonedDateTime {
  const before = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  return before.getTimeZoneTransition('next') ?? plain.toZonedDateTime(timeZone, { disambiguation: 'later' });
}

const twiceNote = (plain: Temporal.PlainDateTime, first: Temporal.ZonedDateTime): Fact =>
  fact('scheduling.notes.twice', {
    time: { local: wall(plain) },
    zone: first.timeZoneId,
    offset: first.offset,
  });

/** The note of a stored time, or null; never throws. */
export function timeNote(local: string, timeZone: string): Fact | null {
  try {
    return resolveLocalTime(local, timeZone).note;
  } catch {
    return null;
  }
}

/** The wall-clock time of an instant in a zone, `YYYY-MM-DDTHH:mm`. */
export function localTimeOf(instant: Date, timeZone: string): string {
  return wall(zoned(instant, timeZone).toPlainDateTime());
}

/** The zone's calendar day that holds the instant: its first instant and the first of the next day. */
export function localDayOf(instant: Date, timeZone: string): { from: Date; to: Date } {
  const start = zoned(instant, timeZone).startOfDay();
  const next = start.toPlainDate().add({ days: 1 }).toZonedDateTime(timeZone);
  return { from: new Date(start.epochMilliseconds), to: new Date(next.epochMilliseconds) };
}

function zoned(instant: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(timeZone);
}

function readPlain(local: string): Temporal.PlainDateTime {
  try {
    return Temporal.PlainDateTime.from(local, { overflow: 'reject' });
  } catch {
    throw new AppError('invalid', fact('scheduling.errors.noSuchDate'), {
      fields: { when: fact('scheduling.errors.whenNoSuchDate') },
    });
  }
}

const wall = (plain: Temporal.PlainDateTime): string => plain.toString({ smallestUnit: 'minute' });
