import { Temporal } from 'temporal-polyfill';
import { AppError } from '@/server/foundation/errors';

export interface ResolvedTime {
  instant: Date;
  /** Said to the person when the local time exists twice. */
  note: string | null;
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
    const before = plain.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
    const change = before.getTimeZoneTransition('next');
    const landed = (change ?? later).toPlainDateTime();
    const suggestion = wall(landed);
    throw new AppError(
      'invalid',
      `${spoken(plain)} does not exist in ${timeZone}: the clocks go forward over it. Choose ${spoken(landed)} or later.`,
      {
        fields: {
          when: `This time is skipped when the clocks go forward. The next one is ${spoken(landed)}.`,
        },
        details: { reason: 'skipped_hour', suggestion },
      },
    );
  }
  return {
    instant: new Date(earlier.epochMilliseconds),
    note: `${spoken(plain)} happens twice in ${timeZone} because the clocks go back. The first one is used (UTC${earlier.offset}).`,
  };
}

/** The note of a stored time, or null; never throws. */
export function timeNote(local: string, timeZone: string): string | null {
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
    throw new AppError('invalid', 'This date does not exist. Choose another.', {
      fields: { when: 'Choose a date and a time that exist.' },
    });
  }
}

const wall = (plain: Temporal.PlainDateTime): string => plain.toString({ smallestUnit: 'minute' });
/** A wall-clock time in words: "Tue 24 Nov 2026, 09:30". */
export const wallInWords = (local: string): string =>
  new Date(`${local}Z`).toLocaleString('en-GB', {
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'UTC',
  });
const spoken = (plain: Temporal.PlainDateTime): string => wall(plain).replace('T', ' ');
