import type { z } from 'zod';

export type SearchParams = Promise<Record<string, string | string[] | undefined>>;

/** Returns the first value of a query parameter; undefined if it is empty. */
export function one(value: string | string[] | undefined): string | undefined {
  const first = Array.isArray(value) ? value[0] : value;
  return first === '' ? undefined : first;
}

/** Parses a query parameter with this schema. Returns undefined if it is missing or invalid; the page then shows its default. */
export function read<T>(schema: z.ZodType<T>, value: string | string[] | undefined): T | undefined {
  const given = one(value);
  return given === undefined ? undefined : schema.safeParse(given).data;
}

/** Returns a link to `path` with these parameters; undefined ones are left out. */
export function href(path: string, params: Record<string, string | undefined>): string {
  const query = new URLSearchParams();
  for (const [key, value] of Object.entries(params)) if (value !== undefined) query.set(key, value);
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}
