import { countGraphemes } from '@/server/foundation/graphemes';
import { bodyFields, type Ctx } from '../http';

/** What a request carries: fields, which are texts or the values of JSON, and files. */
export interface Body {
  fields: Record<string, unknown>;
  files: ReadonlyMap<string, File>;
}

const bodies = new WeakMap<Request, Promise<Body>>();

/** Returns the body of a request, which may be JSON, a form, or a form with files. It is read once. A body that cannot be read is empty. */
export function readBody(c: Ctx): Promise<Body> {
  const known = bodies.get(c.req.raw) ?? read(c);
  bodies.set(c.req.raw, known);
  return known;
}

async function read(c: Ctx): Promise<Body> {
  const files = new Map<string, File>();
  if (!(c.req.header('content-type') ?? '').startsWith('multipart/form-data'))
    return { fields: await bodyFields(c), files };
  const fields: Record<string, unknown> = {};
  for (const [name, value] of (await c.req.raw.formData().catch(() => null)) ?? [])
    if (typeof value === 'string') fields[name] = value;
    else files.set(name, value);
  return { fields, files };
}

/** Returns the fields of the address and those of the body, for a platform that takes arguments from both. */
export async function argumentsOf(c: Ctx): Promise<Body> {
  const query = Object.fromEntries(new URL(c.req.url).searchParams);
  if (c.req.method === 'GET') return { fields: query, files: new Map() };
  const { fields, files } = await readBody(c);
  return { fields: { ...query, ...fields }, files };
}

export const bytesOf = async (file: Blob): Promise<Uint8Array> => new Uint8Array(await file.arrayBuffer());

/** Returns a text, or an empty one in place of anything else. */
export const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
/** Returns an object, or an empty one in place of anything else. */
export const objectOf = (value: unknown): Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : {};
/** Returns a list, or an empty one in place of anything else. */
export const listOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
/** Whether a field is set, in JSON or as a form writes it. */
export const isOn = (value: unknown): boolean => value === true || value === 'true' || value === '1';

/** Returns a value that a form carries as JSON. Undefined if it is missing or not JSON. */
export function jsonOf(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

/** Returns the number of signs in a text, as people count them. */
export const signsIn = (text: string): number => countGraphemes(text);

/** Returns what to say about the first condition that holds, or undefined. */
export const firstWrong = (
  checks: readonly (readonly [holds: boolean, words: string])[],
): string | undefined => checks.find(([holds]) => holds)?.[1];
