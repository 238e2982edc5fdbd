import { bodyFields, type Ctx } from '../http';

const bodies = new WeakMap<Request, Promise<Record<string, unknown>>>();
/** The body's fields, read once for each request. */
export function fieldsOf(c: Ctx): Promise<Record<string, unknown>> {
  let read = bodies.get(c.req.raw);
  if (!read) {
    read = bodyFields(c);
    bodies.set(c.req.raw, read);
  }
  return read;
}

/** The names in `fields`, top level only: `id,likes.summary(true)` is id and likes. */
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

/** An instant as the Graph API writes it. */
export const graphTime = (at: Date) => at.toISOString().replace(/\.\d{3}Z$/, '+0000');

/** An instant of a query: seconds since 1970, or a date. */
export function moment(value: string | undefined): Date | undefined {
  if (!value) return undefined;
  const at = /^\d+$/.test(value) ? new Date(Number(value) * 1000) : new Date(value);
  return Number.isNaN(at.getTime()) ? undefined : at;
}
