/**
 * Zones that were renamed recently enough for a browser or a Node.js that still runs to know only the old name. Small, because every page
 * loads it; the complete list is in `replaced-zones.ts`.
 */
export const RECENTLY_RENAMED: Readonly<Record<string, string>> = {
  'America/Nuuk': 'America/Godthab',
  'Asia/Yangon': 'Asia/Rangoon',
  'Europe/Kyiv': 'Europe/Kiev',
  'Pacific/Kanton': 'Pacific/Enderbury',
};

/** Returns the runtime's spelling of a zone's name, or null for a name that it does not know. */
export function spelledHere(name: string): string | null {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone;
  } catch {
    return null;
  }
}

/**
 * Returns the name under which this runtime knows a stored zone: its time-zone data can be older than today's name. A zone that it does
 * not know at all is returned as it is.
 */
export function nameHere(zone: string): string {
  const older = Object.hasOwn(RECENTLY_RENAMED, zone) ? RECENTLY_RENAMED[zone] : undefined;
  return [zone, older].find((one) => one !== undefined && spelledHere(one) !== null) ?? zone;
}

const names = new Map<string, string>();
/** Like `nameHere`, but asks the runtime only once for each zone, because that costs far more than the conversion that follows. */
export function zoneHere(zone: string): string {
  const found = names.get(zone);
  if (found !== undefined) return found;
  const name = nameHere(zone);
  // Only zones are kept, so the number of names is bounded.
  if (spelledHere(name) !== null) names.set(zone, name);
  return name;
}
