import { bodyFields, type Ctx } from '../http';

/** The arguments of a call: strings, or the values of JSON. */
export interface Arguments {
  fields: Record<string, unknown>;
  files: Map<string, File>;
}

/** Reads a call, whose arguments may be in the address, a form or JSON. */
export async function argumentsOf(c: Ctx): Promise<Arguments> {
  const query = Object.fromEntries(new URL(c.req.url).searchParams);
  const files = new Map<string, File>();
  if (!(c.req.header('content-type') ?? '').startsWith('multipart/form-data'))
    return { fields: { ...query, ...(c.req.method === 'POST' ? await bodyFields(c) : {}) }, files };
  const fields: Record<string, unknown> = { ...query };
  for (const [name, value] of await c.req.raw.formData())
    if (typeof value === 'string') fields[name] = value;
    else files.set(name, value);
  return { fields, files };
}

export const textIn = ({ fields }: Arguments, name: string): string => String(fields[name] ?? '').trim();
export const isOn = ({ fields }: Arguments, name: string): boolean =>
  fields[name] === true || fields[name] === 'true' || fields[name] === '1';

/** Returns an object or list, which a form carries as JSON. Undefined if it is missing or none. */
export function jsonIn({ fields }: Arguments, name: string): unknown {
  const value = fields[name];
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}
