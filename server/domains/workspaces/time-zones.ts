/** Whether the runtime knows this zone of the IANA database (any spelling of its case). Offsets such as +02:00 are no zones. */
export function isTimeZone(value: string): boolean {
  if (!/^[A-Za-z]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value });
    return true;
  } catch {
    return false;
  }
}

/** The zone's name as the database spells it. Throws RangeError for an unknown one. */
export const canonicalTimeZone = (value: string): string =>
  new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions().timeZone;

/** Every zone for a list to choose from, with UTC. */
export const allTimeZones = (): string[] => {
  const zones = Intl.supportedValuesOf('timeZone');
  return zones.includes('UTC') ? zones : [...zones, 'UTC'];
};
