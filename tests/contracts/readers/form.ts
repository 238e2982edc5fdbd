import type { Json } from './contract';

export type Nested = string | { [key: string]: Nested };

/**
 * Parses query or form fields into a tree: `items[0][price]=p` becomes `{items: {0: {price: 'p'}}}`, and the values of a repeated name or
 * one that ends in `[]` are numbered from 0. Only the schema can tell lists from objects.
 */
export function parseNested(fields: Iterable<[string, string]>): Record<string, Nested> {
  const all = [...fields];
  const root: Record<string, Nested> = {};
  for (const [key, value] of all) {
    const repeated = !key.includes('[') && all.filter(([k]) => k === key).length > 1;
    const [base = '', ...inner] = key.replaceAll(']', '').split('[');
    const parts = [base, ...inner, ...(repeated ? [''] : [])];
    let at = root;
    parts.forEach((part, i) => {
      const name = part === '' && i > 0 ? String(Object.keys(at).length) : part;
      if (i === parts.length - 1) at[name] = value;
      else {
        const next = at[name];
        const holder = typeof next === 'object' ? next : {};
        at[name] = holder;
        at = holder;
      }
    });
  }
  return root;
}

/**
 * Converts strings from a path, query or form to the types of the schema. Values that fit no branch stay unchanged, so that validation
 * reports them.
 */
export function coerce(resolve: (schema: Json) => Json, raw: Json, value: Nested): unknown {
  const schema = resolve(raw);
  const branches = ((schema.anyOf ?? schema.oneOf ?? schema.allOf) as Json[] | undefined)?.map(resolve) ?? [
    schema,
  ];
  const of = (type: string) => branches.find((b) => [b.type].flat().includes(type));
  const list = of('array');
  const items = (list?.items ?? {}) as Json;
  if (typeof value === 'object') {
    if (list && Object.keys(value).every((k) => /^\d+$/.test(k)))
      return Object.values(value).map((v) => coerce(resolve, items, v));
    const holder = of('object') ?? branches.find((b) => b.properties) ?? {};
    const known = (holder.properties ?? {}) as Record<string, Json>;
    const rest = typeof holder.additionalProperties === 'object' ? (holder.additionalProperties as Json) : {};
    return Object.fromEntries(
      Object.entries(value).map(([k, v]) => [k, coerce(resolve, known[k] ?? rest, v)]),
    );
  }
  if ((of('integer') || of('number')) && /^-?\d+(\.\d+)?$/.test(value)) return Number(value);
  if (of('boolean') && (value === 'true' || value === 'false')) return value === 'true';
  if ((list || of('object')) && !of('string') && /^\s*[[{]/.test(value)) return parsed(value);
  if (list && !of('string'))
    return value === '' ? [] : value.split(',').map((part) => coerce(resolve, items, part));
  return value;
}

/** Forms carry lists and objects as JSON where the vendor has no other way. */
function parsed(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}
