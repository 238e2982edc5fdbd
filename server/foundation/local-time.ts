import { Temporal } from 'temporal-polyfill';
import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';
import { zoneHere } from '@/server/foundation/zones/zone-here';

export interface ResolvedTime {
  instant: Date;
  /** Shown to the user if the local time occurs twice. */
  note: Fact | null;
}

/**
 * Resolves a wall-clock time in a zone to an instant. A time that a clock change skips is refused with the nearest later time as a
 * suggestion. A time that occurs twice resolves to the first of the two, with a note.
 */
export function resolveLocalTime(local: string, timeZone: string): ResolvedTime {
  const plain = readPlain(local);
  const earlier = plain.toZonedDateTime(zoneHere(timeZone), { disambiguation: 'earlier' });
  const later = plain.toZonedDateTime(zoneHere(timeZone), { disambiguation: 'later' });
  if (earlier.epochMilliseconds === later.epochMilliseconds)
    return { instant: new Date(earlier.epochMilliseconds), note: null };
  if (!earlier.toPlainDateTime().equals(plain)) {
    // In a gap, both interpretations differ from the chosen time. The next minute that exists is where the clock lands.
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
  return { instant: new Date(earlier.epochMilliseconds), note: twiceNote(plain, earlier, timeZone) };
}

export interface RecurringTime {
  instant: Date;
  /** The actual wall-clock time, `YYYY-MM-DDTHH:mm`. Later than the requested one if a clock change skips that. */
  local: string;
  /** Shown to the user if a clock change skips or repeats the requested time. */
  note: Fact | null;
}

/**
 * Resolves a recurring time to an instant. No user is present to choose another time, so a time that a clock change skips resolves to the
 * first minute that exists after it, and a time that occurs twice to the first of the two. Throws for a date that does not exist.
 */
export function resolveRecurringTime(local: string, timeZone: string): RecurringTime {
  const plain = readPlain(local);
  const earlier = plain.toZonedDateTime(zoneHere(timeZone), { disambiguation: 'earlier' });
  if (earlier.toPlainDateTime().equals(plain)) {
    const later = plain.toZonedDateTime(zoneHere(timeZone), { disambiguation: 'later' });
    const twice = earlier.epochMilliseconds !== later.epochMilliseconds;
    return {
      instant: new Date(earlier.epochMilliseconds),
      local,
      note: twice ? twiceNote(plain, earlier, timeZone) : null,
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

/** Returns the first instant after the gap that contains a wall-clock time. */
function landing(plain: Temporal.PlainDateTime, timeZone: string): Temporal.ZonedDateTime {
  const before = plain.toZonedDateTime(zoneHere(timeZone), { disambiguation: 'earlier' });
  return (
    before.getTimeZoneTransition('next') ??
    plain.toZonedDateTime(zoneHere(timeZone), { disambiguation: 'later' })
  );
}

const twiceNote = (plain: Temporal.PlainDateTime, first: Temporal.ZonedDateTime, zone: string): Fact =>
  fact('scheduling.notes.twice', {
    time: { local: wall(plain) },
    zone,
    offset: first.offset,
  });

/** Returns the note of a stored time, or null. Never throws. */
export function timeNote(local: string, timeZone: string): Fact | null {
  try {
    return resolveLocalTime(local, timeZone).note;
  } catch {
    return null;
  }
}

/** Returns the wall-clock time of an instant in a zone, `YYYY-MM-DDTHH:mm`. */
export function localTimeOf(instant: Date, timeZone: string): string {
  return wall(zoned(instant, timeZone).toPlainDateTime());
}

/** Returns the zone's calendar day that contains the instant: its first instant and that of the next day. */
export function localDayOf(instant: Date, timeZone: string): { from: Date; to: Date } {
  const start = zoned(instant, timeZone).startOfDay();
  const next = start.toPlainDate().add({ days: 1 }).toZonedDateTime(zoneHere(timeZone));
  return { from: new Date(start.epochMilliseconds), to: new Date(next.epochMilliseconds) };
}

function zoned(instant: Date, timeZone: string): Temporal.ZonedDateTime {
  return Temporal.Instant.fromEpochMilliseconds(instant.getTime()).toZonedDateTimeISO(zoneHere(timeZone));
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
