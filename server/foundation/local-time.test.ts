import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isAppError } from '@/server/foundation/errors';
import { localDayOf, localTimeOf, resolveLocalTime } from './local-time';

const refused = (local: string, zone: string) => {
  try {
    resolveLocalTime(local, zone);
  } catch (error) {
    if (isAppError(error)) return error;
    throw error;
  }
  throw new Error('was accepted');
};

test('an ordinary time resolves to its instant in the zone', () => {
  expect(resolveLocalTime('2026-07-01T09:15', 'Asia/Kathmandu')).toEqual({
    instant: new Date('2026-07-01T03:30:00Z'),
    note: null,
  });
});

test('a skipped time is refused with the next one that exists as a suggestion', () => {
  const error = refused('2026-03-29T02:30', 'Europe/Berlin');
  expect(error.code).toBe('invalid');
  expect(error.details).toEqual({ reason: 'skipped_hour', suggestion: '2026-03-29T03:00' });
  expect(error.message).toMatch(/Choose Sun,? 29 Mar 2026, 03:00 or later\.$/);
  // Lord Howe Island skips half an hour.
  expect(refused('2026-10-04T02:10', 'Australia/Lord_Howe').details?.suggestion).toBe('2026-10-04T02:30');
  // Samoa skipped a whole day.
  expect(refused('2011-12-30T12:00', 'Pacific/Apia').details?.suggestion).toBe('2011-12-31T00:00');
});

test('a repeated time resolves to the first of the two, with a note', () => {
  const found = resolveLocalTime('2026-10-25T02:30', 'Europe/Berlin');
  expect(found.instant.toISOString()).toBe('2026-10-25T00:30:00.000Z');
  expect(found.note).toSay('happens twice');
});

test('a date that does not exist is refused', () => {
  expect(refused('2026-02-30T10:00', 'UTC').code).toBe('invalid');
  expect(refused('2026-02-03T25:00', 'UTC').code).toBe('invalid');
});

test('a local day has 23, 24 or 25 hours and follows the zone', () => {
  const hours = (at: string, zone: string) => {
    const { from, to } = localDayOf(new Date(at), zone);
    return (to.getTime() - from.getTime()) / 3_600_000;
  };
  expect(hours('2026-03-29T12:00:00Z', 'Europe/Berlin')).toBe(23);
  expect(hours('2026-10-25T12:00:00Z', 'Europe/Berlin')).toBe(25);
  expect(hours('2026-06-01T12:00:00Z', 'Europe/Berlin')).toBe(24);
  expect(localDayOf(new Date('2026-03-02T23:30:00Z'), 'Europe/Berlin').from.toISOString()).toBe(
    '2026-03-02T23:00:00.000Z',
  );
});

test('every instant is recovered from its wall-clock time, except the second of a repeated hour', () => {
  const zones = ['Europe/Berlin', 'America/St_Johns', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC'];
  fc.assert(
    fc.property(
      fc.integer({ min: 29_000_000, max: 31_000_000 }),
      fc.constantFrom(...zones),
      (minute, zone) => {
        const at = new Date(minute * 60_000);
        const back = resolveLocalTime(localTimeOf(at, zone), zone);
        if (back.note === null) expect(back.instant).toEqual(at);
        else expect([0, 1_800_000, 3_600_000]).toContain(at.getTime() - back.instant.getTime());
      },
    ),
  );
});
