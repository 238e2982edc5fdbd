import { bodyFields, type Ctx } from '../http';

const bodies = new WeakMap<Request, Promise<Record<string, unknown>>>();
/** Returns the fields of the body, which is parsed once per request. */
export function fieldsOf(c: Ctx): Promise<Record<string, unknown>> {
  let read = bodies.get(c.req.raw);
  if (!read) {
    read = bodyFields(c);
    bodies.set(c.req.raw, read);
  }
  return read;
}

/** Returns the top-level names in `fields`: `id,likes.summary(true)` yields id and likes. */
export function fieldNames(text: string | undefined): Set<string> | null {
  if (!text) return null;
  const names = new Set<string>();
  let depth = 0;
  let name = '';
  for (const char of `${text},`) {
    if ('({'.includes(char)) depth++;
    else if (')}'.includes(char)) depth--;
    else if (char === ',' && depth === 0) {
      if (name.trim()) names.add(name.trim().split('.')[0] ?? '');
      name = '';
    } else if (depth === 0) name += char;
  }
  return names;
}

/** Formats a time as the Graph API does. */
export const graphTime = (at: Date) => at.toISOString().replace(/\.\d{3}Z$/, '+0000');

/** Parses a time in a query: seconds since 1970, or a date. */
export function moment(value: string | undefined): Date | undefined {
  if (!value) return undefined;
  const at = /^\d+$/.test(value) ? new Date(Number(value) * 1000) : new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
