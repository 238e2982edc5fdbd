import { afterEach, expect, test, vi } from 'vitest';
import { timeZone } from '../inputs';
import { REPLACED_ZONES } from './replaced-zones';
import { allTimeZones, canonicalTimeZone, isTimeZone, todaysZone } from './time-zones';
import { nameHere, RECENTLY_RENAMED, spelledHere } from './zone-here';

afterEach(() => vi.unstubAllGlobals());

test.each([
  ['Asia/Calcutta', 'Asia/Kolkata'],
  ['Europe/Kiev', 'Europe/Kyiv'],
  ['Asia/Saigon', 'Asia/Ho_Chi_Minh'],
  ['Asia/Katmandu', 'Asia/Kathmandu'],
  ['Asia/Rangoon', 'Asia/Yangon'],
  ['America/Godthab', 'America/Nuuk'],
  ['Atlantic/Faeroe', 'Atlantic/Faroe'],
  ['Pacific/Enderbury', 'Pacific/Kanton'],
  ['Pacific/Ponape', 'Pacific/Pohnpei'],
  ['Africa/Asmera', 'Africa/Asmara'],
  ['America/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
  ['America/Coral_Harbour', 'America/Atikokan'],
  ['US/Eastern', 'America/New_York'],
  ['Etc/UTC', 'UTC'],
  ['asia/calcutta', 'Asia/Kolkata'],
  ['europe/kyiv', 'Europe/Kyiv'],
])('%s is stored as %s, which stays as it is', (given, today) => {
  expect(timeZone().parse(given)).toBe(today);
  expect(timeZone().parse(today)).toBe(today);
  expect(todaysZone(today)).toBe(today);
});

test('a place that shares the rules of another keeps its name', () => {
  for (const zone of [
    'Europe/Stockholm',
    'Asia/Kuwait',
    'Africa/Accra',
    'Europe/Zagreb',
    'Atlantic/Reykjavik',
  ])
    expect(canonicalTimeZone(zone)).toBe(zone);
});

test('the list to choose from has today’s names, each once', () => {
  const zones = allTimeZones();
  expect(new Set(zones).size).toBe(zones.length);
  expect(zones).toEqual(
    expect.arrayContaining(['UTC', 'Asia/Kolkata', 'Europe/Kyiv', 'Asia/Ho_Chi_Minh', 'America/Nuuk']),
  );
  const old = new Set(Object.values(REPLACED_ZONES).flat());
  expect(zones.filter((zone) => old.has(zone))).toEqual([]);
  for (const zone of zones) expect(canonicalTimeZone(zone)).toBe(zone);
});

test('every replaced name has the rules of its zone today', () => {
  const offset = (zone: string, at: number) =>
    new Intl.DateTimeFormat('en', { timeZone: zone, timeZoneName: 'longOffset' })
      .formatToParts(at)
      .find(({ type }) => type === 'timeZoneName')?.value;
  for (const [today, names] of Object.entries(REPLACED_ZONES))
    for (const name of names) {
      if (!isTimeZone(name)) continue;
      for (const day of ['2026-01-15', '2026-07-15'])
        expect(`${name} ${offset(name, Date.parse(day))}`).toBe(`${name} ${offset(today, Date.parse(day))}`);
    }
});

test('names that are no zones are refused', () => {
  const others = ['Mars/Olympus', '+02:00', 'constructor', '__proto__', 'Etc/Unknown', ''];
  // ICU knows these.
  const ofIcu = ['SystemV/EST5', 'systemv/pst8pdt', 'AST', 'CST', 'IST', 'PST', 'ACT', 'US/Pacific-New'];
  for (const name of [...others, ...ofIcu]) {
    expect(isTimeZone(name)).toBe(false);
    expect(() => canonicalTimeZone(name)).toThrow(RangeError);
  }
});

test('every name that was replaced, and every zone by which a runtime computes, is a zone', () => {
  // A Node.js with older data lacks the newest names.
  const known = (name: string) => nameHere(name) !== name || spelledHere(name) !== null;
  const names = Object.entries(REPLACED_ZONES).flatMap(([today, old]) => [today, ...old]);
  expect(names.filter((name) => known(name) && !isTimeZone(name))).toEqual([]);
  for (const zone of ['UTC', 'utc', 'Etc/GMT+5', 'Etc/GMT-14', 'EST', 'MST7MDT', 'GB-Eire', 'W-SU', 'WET'])
    expect(isTimeZone(zone)).toBe(true);
});

test('a runtime that knows a zone only by its old name still computes with it', () => {
  for (const [today, old] of Object.entries(RECENTLY_RENAMED)) expect(REPLACED_ZONES[today]).toContain(old);
  class OlderFormat extends Intl.DateTimeFormat {
    constructor(locale?: string | string[], options?: Intl.DateTimeFormatOptions) {
      if (options?.timeZone?.toLowerCase() === 'pacific/kanton') throw new RangeError('Invalid time zone');
      super(locale, options);
    }
  }
  vi.stubGlobal('Intl', Object.create(Intl, { DateTimeFormat: { value: OlderFormat } }));
  expect(timeZone().parse('Pacific/Kanton')).toBe('Pacific/Kanton');
  expect(timeZone().parse('Pacific/Enderbury')).toBe('Pacific/Kanton');
  expect(nameHere('Pacific/Kanton')).toBe('Pacific/Enderbury');
});
