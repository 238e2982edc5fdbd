import type { IncomingHttpHeaders } from 'node:http';
import { isOutsizedJson } from './json-shape';

/** Format in which Next names server actions. */
export const ACTION_ID = /^[0-9a-f]{42}$/;
/** Maximum nesting depth of an action's arguments. Ours are a form and its previous state. */
const DEEPEST = 32;
/**
 * Maximum length of an action's arguments in characters, number of parts of a form, and number of fields of a URL-encoded one. More is
 * expensive enough to be an attack.
 */
const LONGEST_ARGUMENTS = 64 * 1024;
const MAX_PARTS = 200;
const MAX_FIELDS = 1_000;
const MULTIPART = /^\s*multipart\/form-data/i;
/**
 * What React (encodeReply) may write into the arguments of an action instead of plain text, as far as our actions use it: escaped text, a
 * form, undefined, a date or a number. Everything else refers to parts or other actions, and a reference to nothing would fail later.
 */
const REACT_ENCODED = /^\$(?:\$|K[0-9a-f]+$|undefined$|D|n-?\d{1,30}$|NaN$|-?Infinity$|-0$)/;

/**
 * Whether a complete body matches its head, as far as a mismatch would fail later: a multipart form must be parsable (with the parser of
 * the route handlers), JSON must be of a reasonable size, and the arguments of a server action must be valid.
 */
export async function isReadableBody(headers: IncomingHttpHeaders, body: Uint8Array): Promise<boolean> {
  const type = headers['content-type'] ?? '';
  if (/json/i.test(type) ? isOutsizedJson(body) : !MULTIPART.test(type) && hasTooManyFields(body))
    return false;
  const action = headers['next-action'] !== undefined;
  if (!MULTIPART.test(type)) return !action || isArguments(Buffer.from(body).toString('utf8'));
  if (hasTooManyParts(type, Buffer.from(body.buffer, body.byteOffset, body.byteLength))) return false;
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData();
    if (!action) return true;
    const parts = [...form].filter(([name]) => /^[0-9a-f]+$/.test(name));
    return form.has('0') && parts.every(([, value]) => typeof value === 'string' && isArguments(value));
  } catch {
    return false;
  }
}

/** Checked whatever the content type, because several readers parse anything that is not JSON as fields. */
function hasTooManyFields(body: Uint8Array): boolean {
  let fields = 1;
  for (let at = body.indexOf(38); at >= 0 && fields <= MAX_FIELDS; at = body.indexOf(38, at + 1)) fields++;
  return fields > MAX_FIELDS;
}

function hasTooManyParts(type: string, body: Buffer): boolean {
  const boundary = /;\s*boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(type);
  const mark = `--${boundary?.[1] ?? boundary?.[2] ?? ''}`;
  let parts = 0;
  for (let at = body.indexOf(mark); at >= 0 && parts <= MAX_PARTS; at = body.indexOf(mark, at + mark.length))
    parts++;
  return parts > MAX_PARTS;
}

function isArguments(text: string): boolean {
  if (text.length > LONGEST_ARGUMENTS) return false;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return false;
  }
  return Array.isArray(value) && isPlain(value, 0);
}

function isPlain(value: unknown, depth: number): boolean {
  if (depth > DEEPEST) return false;
  if (typeof value === 'string') return !value.startsWith('$') || REACT_ENCODED.test(value);
  if (value === null || typeof value !== 'object') return true;
  return Object.entries(value).every(([name, inner]) => name !== '__proto__' && isPlain(inner, depth + 1));
}
