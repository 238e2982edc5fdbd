import { REPLACED_ZONES } from './replaced-zones';
import { nameHere, spelledHere } from './zone-here';

/**
 * Names of time zones. Runtimes disagree about them: ICU, and with it Node.js and Chrome, still reports `Asia/Calcutta` and `Europe/Kiev`,
 * others report today's names. We store, show and compare zones by today's names of the tz database, whatever a runtime reports.
 */

let replaced: Map<string, string> | undefined;
/** Returns today's names by the replaced ones in lower case. */
function replacements(): Map<string, string> {
  replaced ??= new Map(
    Object.entries(REPLACED_ZONES).flatMap(([today, names]) =>
      names.map((name): [string, string] => [name.toLowerCase(), today]),
    ),
  );
  return replaced;
}

/** Returns today's name of a zone. A name that was not replaced is returned as it is, whether or not the zone exists. */
export const todaysZone = (name: string): string => replacements().get(name.toLowerCase()) ?? name;

/** Names that tz does not replace have one of its areas. ICU has others, some for another place: its `AST` is Alaska. */
const AREA =
  /^(?:Africa|America|Antarctica|Arctic|Asia|Atlantic|Australia|Etc|Europe|Indian|Pacific)\/|^UTC$/i;

/** Whether this is a zone of the tz database, in any letter case. Offsets such as +02:00 are not zones. */
export function isTimeZone(value: string): boolean {
  if (value.length > 64 || !/^[A-Za-z][\w+/-]*$/.test(value)) return false;
  if (!AREA.test(value) && !replacements().has(value.toLowerCase())) return false;
  return spelledHere(value) !== null || spelledHere(nameHere(todaysSpelling(value))) !== null;
}

/** Returns a zone's name as it is stored: today's name, in the spelling of the tz database. Throws RangeError for an unknown zone. */
export function canonicalTimeZone(value: string): string {
  if (!isTimeZone(value)) throw new RangeError(`"${value}" is not a time zone`);
  const today = todaysSpelling(value);
  return Object.hasOwn(REPLACED_ZONES, today) ? today : todaysZone(spelledHere(value) ?? today);
}

/** Returns today's name in the list's spelling if the list has the zone, else the value. */
function todaysSpelling(value: string): string {
  const today = todaysZone(value).toLowerCase();
  return Object.keys(REPLACED_ZONES).find((name) => name.toLowerCase() === today) ?? value;
}

/** Returns every time zone to choose from, by today's name, including UTC. */
export const allTimeZones = (): string[] =>
  [
    ...new Set(['UTC', ...Intl.supportedValuesOf('timeZone').filter(isTimeZone).map(canonicalTimeZone)]),
  ].sort();
