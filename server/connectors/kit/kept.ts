import { shortHash } from '@/server/foundation/short-hash';
import { storableText, truncateText } from '@/server/foundation/storable';
import { withoutPrivateData } from './words';

/** Fields that can hold personal data or secrets. They are not needed to understand where money belongs. */
const PRIVATE =
  /mail|name|address|first_line|second_line|city|state|zip|phone|message|gift_(sender|note)|note|token|secret|password|authorization|key$/i;
/** Names of fields. Anything else could be a value that is used as one. */
const NAME = /^[a-z_]{1,60}$/i;
const MAX_TEXT = 300;
const MAX_NAME = 100;
const MAX_ITEMS = 50;
const MAX_DEPTH = 4;
/** Characters that are kept altogether, at most. */
const MAX_SIZE = 20_000;

const textOf = (value: string, most: number): string =>
  truncateText(withoutPrivateData(storableText(value)), most);

/**
 * Returns a part of a platform's response as it came, without personal data and secrets, and cut to a size that can be stored and shown. `left`
 * is the size that is left for it.
 */
function withoutPrivate(value: unknown, left = { size: MAX_SIZE }, depth = 0): unknown {
  if (left.size <= 0) return '…';
  left.size -= 10;
  if (typeof value === 'string') {
    const text = textOf(value, Math.min(MAX_TEXT, Math.max(left.size, 1)));
    left.size -= text.length;
    return text;
  }
  // The number of a card, for example.
  if (Number.isInteger(value) && withoutPrivateData(String(value)) !== String(value)) return '…';
  if (typeof value !== 'object' || value === null) return value;
  if (depth >= MAX_DEPTH) return '…';
  if (Array.isArray(value)) {
    const items: unknown[] = [];
    for (const item of value.slice(0, MAX_ITEMS)) {
      if (left.size <= 0) break;
      items.push(withoutPrivate(item, left, depth + 1));
    }
    return items;
  }
  const fields: [string, unknown][] = [];
  for (const [key, inner] of Object.entries(value).slice(0, 2 * MAX_ITEMS)) {
    if (left.size <= 0) break;
    if (PRIVATE.test(key)) continue;
    const name = NAME.test(key) ? key : textOf(key, MAX_NAME);
    left.size -= name.length;
    fields.push([name, withoutPrivate(inner, left, depth + 1)]);
  }
  return Object.fromEntries(fields);
}

/** Returns a part of a platform's response as a record, for storing. */
export function rawOf(value: unknown): Record<string, unknown> {
  const kept = withoutPrivate(value);
  return typeof kept === 'object' && kept !== null && !Array.isArray(kept)
    ? (kept as Record<string, unknown>)
    : { value: kept };
}

/** Returns what a platform calls a line or an item, for storing. */
export const kindOf = (type: string | null): string => (type === null ? '' : textOf(type, MAX_NAME));

/** Returns a field of an item that failed to be read, if it is a text or a number. */
export function fieldOf(value: unknown, name: string): string | null {
  if (typeof value !== 'object' || value === null) return null;
  const field: unknown = (value as Record<string, unknown>)[name];
  return typeof field === 'string' || typeof field === 'number' ? String(field) : null;
}

/** Returns the id of an item that could not be read: its own, or a digest of it, so that the same item is always the same. */
export const idOf = (value: unknown, name: string): string =>
  fieldOf(value, name)?.slice(0, 200) || `digest:${shortHash(JSON.stringify(value) ?? String(value))}`;
