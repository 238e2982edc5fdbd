import type { z } from 'zod';
import { inputKind } from '@/server/foundation/inputs';

type Any = z.core.$ZodTypes;
const defOf = (schema: z.core.$ZodType) => (schema as Any)._zod.def;

/** Returns the schema inside wrappers (optional, nullable, default, catch, readonly, lazy), and the input side of a pipe. */
export function bare(schema: z.core.$ZodType): z.core.$ZodType {
  const def = defOf(schema);
  switch (def.type) {
    case 'optional':
    case 'nullable':
    case 'default':
    case 'prefault':
    case 'nonoptional':
    case 'catch':
    case 'readonly':
      return inputKind(schema) ? schema : bare(def.innerType);
    case 'pipe':
      return inputKind(schema) ? schema : bare(def.in);
    case 'lazy':
      return bare(def.getter());
    default:
      return schema;
  }
}

/** Returns the unbounded parts of a schema as text, each with its path. Empty for a schema built from the input types. */
export function unbounded(root: z.core.$ZodType): string[] {
  const found: string[] = [];
  const seen = new Set<z.core.$ZodType>();
  const visit = (schema: z.core.$ZodType, at: string): void => {
    if (seen.has(schema)) return;
    seen.add(schema);
    if (inputKind(schema)) return;
    const def = defOf(schema);
    switch (def.type) {
      case 'string':
      case 'number':
      case 'bigint':
      case 'date':
      case 'any':
      case 'unknown':
      case 'custom':
      case 'file':
      case 'map':
      case 'set':
      case 'template_literal':
        found.push(`${at || 'input'}: ${def.type}`);
        return;
      case 'object':
        for (const [key, field] of Object.entries(def.shape)) visit(field, at ? `${at}.${key}` : key);
        if (def.catchall && defOf(def.catchall).type !== 'never') visit(def.catchall, `${at}.*`);
        return;
      case 'array': {
        const bounds = (def.checks ?? []).map((check) => (check as z.core.$ZodChecks)._zod.def.check);
        if (!bounds.includes('max_length') && !bounds.includes('length_equals'))
          found.push(`${at || 'input'}: unbounded list`);
        visit(def.element, `${at}[]`);
        return;
      }
      case 'record':
        visit(def.keyType, `${at}<key>`);
        visit(def.valueType, `${at}<value>`);
        return;
      case 'union':
        for (const option of def.options) visit(option, at);
        return;
      case 'tuple':
        for (const item of def.items) visit(item, `${at}[]`);
        return;
      case 'intersection':
        visit(def.left, at);
        visit(def.right, at);
        return;
      case 'pipe':
        visit(def.in, at);
        return;
      case 'transform':
        found.push(`${at || 'input'}: transform of an unchecked value`);
        return;
      case 'optional':
      case 'nullable':
      case 'default':
      case 'prefault':
      case 'nonoptional':
      case 'catch':
      case 'readonly':
        visit(def.innerType, at);
        return;
      case 'lazy':
        visit(def.getter(), at);
        return;
      default:
        // Booleans, literals and enumerations are inherently bounded.
        return;
    }
  };
  visit(root, '');
  return found;
}

/** Returns a value that a schema of input types accepts, with all optional fields. */
export function sample(schema: z.core.$ZodType): unknown {
  const kind = inputKind(schema);
  if (kind) return kind.sample;
  const def = defOf(schema);
  switch (def.type) {
    case 'object':
      return Object.fromEntries(Object.entries(def.shape).map(([key, field]) => [key, sample(field)]));
    case 'array':
      return [sample(def.element)];
    case 'record':
      return Object.fromEntries([[String(sample(def.keyType)), sample(def.valueType)]]);
    case 'union':
      return sample(def.options[0] as z.core.$ZodType);
    case 'enum':
      return Object.values(def.entries)[0];
    case 'literal':
      return def.values[0];
    case 'boolean':
      return true;
    case 'string':
      return 'a';
    case 'number':
      return 1;
    case 'date':
      return new Date('2026-03-05T09:00:00Z');
    case 'tuple':
      return def.items.map(sample);
    default: {
      const inner = bare(schema);
      return inner === schema ? null : sample(inner);
    }
  }
}

/** Completes `value` with the fields that the schema accepts and `value` omits. */
export function filled(schema: z.core.$ZodType, value: unknown): unknown {
  const inner = bare(schema);
  const def = defOf(inner);
  if (value === undefined) return sample(inner);
  if (def.type === 'object' && typeof value === 'object' && value !== null) {
    const given = value as Record<string, unknown>;
    return {
      ...given,
      ...Object.fromEntries(
        Object.entries(def.shape).map(([key, field]) => [key, filled(field, given[key])]),
      ),
    };
  }
  if (def.type === 'array' && Array.isArray(value)) return value.map((item) => filled(def.element, item));
  return value;
}
