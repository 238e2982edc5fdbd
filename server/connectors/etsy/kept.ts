import { shortHash } from '@/server/foundation/short-hash';
import { storableText, truncateText } from '@/server/foundation/storable';

/** Fields that can hold personal data or secrets. They are not needed to understand where money belongs. */
const PRIVATE =
  /mail|name|address|first_line|second_line|city|state|zip|phone|message|gift_(sender|note)|note|token|secret|password|authorization|key$/i;
const MAX_TEXT = 300;
const MAX_ITEMS = 50;
const MAX_DEPTH = 4;

/** Returns a part of Etsy's response as it came, without personal data and secrets, and cut to a size that can be stored and shown. */
function withoutPrivate(value: unknown, depth = 0): unknown {
  if (typeof value === 'string') return truncateText(storableText(value), MAX_TEXT);
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) return value.slice(0, MAX_ITEMS).map((item) => withoutPrivate(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value)
      .slice(0, 2 * MAX_ITEMS)
      .filter(([key]) => !PRIVATE.test(key))
      .map(([key, inner]) => [truncateText(storableText(key), 100), withoutPrivate(inner, depth + 1)]),
  );
}

/** Returns a part of Etsy's response as a record, for storing. */
export function rawOf(value: unknown): Record<string, unknown> {
  const kept = withoutPrivate(value);
  return typeof kept === 'object' && kept !== null && !Array.isArray(kept)
    ? (kept as Record<string, unknown>)
    : { value: kept };
}

/** Returns a field of an item that failed to be read, if it is a text or a number. */
export function fieldOf(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const field: unknown = (value as Record<string, unknown>)[name];
  return typeof field === 'string' || typeof field === 'number' ? String(field) : null;
}

/** Returns the id of an item that could not be read: its own, or a digest of it, so that the same item is always the same. */
export const idOf = (value: unknown, name: string): string =>
  fieldOf(value, name)?.slice(0, 200) || `digest:${shortHash(JSON.stringify(value) ?? String(value))}`;
