import { isObject, type Json } from '../readers/contract';
import type { Answers } from './documents';

/** The fields of each type. A name that ends in `?` is one that an answer may leave out. */
export type Skeletons = Record<string, Record<string, string>>;
/** The types that a stand-in answers with, and the optional fields of each that it always gives. */
export type Asked = Readonly<Record<string, readonly string[] | 'all'>>;

/** Longer enumerations are cut to their first value. */
const MAX_VALUES = 12;

/**
 * Describes types in the notation of TypeScript: `string`, `integer`, `number`, `boolean`, `null`, `any`, `object`, `'value'`, the name of
 * another type here, lists (`string[]`) and alternatives (`string|null`). A type that is only mentioned is an `object`; described are those
 * that are asked for, the objects within them, and what they cannot do without. Throws if a type or a field is not published.
 */
export function describeTypes(documents: readonly Answers[], asked: Asked): Skeletons {
  const out: Skeletons = {};
  for (const [name, always] of Object.entries(asked)) {
    const answers = documents.find((one) => one.find(name));
    if (!answers) throw new Error(`There is no type and no operation ${name}`);
    new Describer(answers, asked, out).add(name, answers.find(name) ?? {}, always);
  }
  return Object.fromEntries(Object.entries(out).sort(([a], [b]) => (a < b ? -1 : 1)));
}

class Describer {
  constructor(
    private readonly answers: Answers,
    private readonly asked: Asked,
    private readonly out: Skeletons,
  ) {}

  add(name: string, schema: Json, always: readonly string[] | 'all'): void {
    if (name in this.out) return;
    const { properties, required } = this.#merged(schema);
    const unknown = always === 'all' ? undefined : always.find((field) => !(field in properties));
    if (unknown !== undefined) throw new Error(`${name} has no field ${unknown}`);
    const fields: Record<string, string> = {};
    this.out[name] = fields;
    for (const [field, one] of Object.entries(properties).sort(([a], [b]) => (a < b ? -1 : 1))) {
      const given = always === 'all' || required.has(field) || always.includes(field);
      fields[given ? field : `${field}?`] = this.#type(one, `${name}.${field}`, given);
    }
  }

  /** Returns the fields of an object, which may be made of several. */
  #merged(raw: Json): { properties: Record<string, Json>; required: Set<string> } {
    const schema = this.answers.resolve(raw);
    const own = schema.properties as Record<string, Json> | undefined;
    const parts = [
      ...((schema.allOf ?? []) as Json[]),
      ...(own ? [] : ((schema.oneOf ?? schema.anyOf ?? []) as Json[]).slice(0, 1)),
    ].map((part) => this.#merged(part));
    return {
      properties: Object.assign({}, ...parts.map(({ properties }) => properties), own),
      required: new Set([
        ...parts.flatMap(({ required }) => [...required]),
        ...((schema.required ?? []) as string[]),
      ]),
    };
  }

  /** `needed`: an answer always has the field, so that its neutral value must be known. */
  #type(raw: Json, path: string, needed: boolean): string {
    const name = this.#nameOf(raw);
    if (name !== null && name in this.asked) return name;
    const schema = this.answers.resolve(raw);
    const alternatives = (schema.anyOf ?? schema.oneOf) as Json[] | undefined;
    if (alternatives && !schema.properties) {
      const isNullable = alternatives.some((one) => this.#type(one, path, false) === 'null');
      const types = alternatives.map((one, i) => this.#type(one, path, needed && !isNullable && i === 0));
      return [...new Set(types.flatMap((type) => type.split('|')))].join('|');
    }
    const all = schema.allOf as Json[] | undefined;
    if (all?.length === 1 && !schema.properties) return this.#type(all[0] as Json, path, needed);
    if (schema.const !== undefined) return valueType(schema.const);
    if (Array.isArray(schema.enum)) return enumType(schema.enum);
    const types = [schema.type ?? (schema.properties || all ? 'object' : 'any')].flat() as string[];
    const isNullable = types.includes('null');
    return types
      .map((type) => {
        if (type === 'object') return this.#object(raw, name, path, needed && !isNullable);
        if (type !== 'array') return type;
        const item = isObject(schema.items) ? this.#type(schema.items, path, false) : 'any';
        return `${item.includes('|') ? 'any' : item}[]`;
      })
      .join('|');
  }

  #object(schema: Json, name: string | null, path: string, needed: boolean): string {
    if (name !== null && !needed) return 'object';
    const known = name ?? path;
    if (Object.keys(this.#merged(schema).properties).length === 0) return 'object';
    this.add(known, schema, []);
    return known;
  }

  /** Returns the name of the type that a schema refers to. */
  #nameOf({ $ref }: Json): string | null {
    return typeof $ref === 'string'
      ? decodeURIComponent($ref.replace(/^.*\//, '')).replaceAll('~1', '/')
      : null;
  }
}

const valueType = (value: unknown): string => (typeof value === 'string' ? `'${value}'` : String(value));

function enumType(values: readonly unknown[]): string {
  const [first, ...others] = values.map(valueType);
  if (values.length > MAX_VALUES)
    return [first, 'string', ...(values.includes(null) ? ['null'] : [])].join('|');
  return [first, ...others].join('|');
}
