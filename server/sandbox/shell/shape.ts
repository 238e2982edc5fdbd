/** Types of answers by name, as `npm run skeletons` writes them: the fields of each, with a `?` after the name of one that may be left out. */
export type Skeletons = Readonly<Record<string, Readonly<Record<string, string>>>>;
type FieldOf<T> = { [K in keyof T & string]: K extends `${infer Name}?` ? Name : K }[keyof T & string];
type Fields<T> = { readonly [F in FieldOf<T>]?: unknown };

const LIST = '[]';

/**
 * Returns a function that makes answers: the fields that are given, over neutral values of all others that the platform always sends. Objects
 * within are completed likewise. A field that is undefined is as if not given. Throws for a field that the contract does not know, and for a
 * value of another type.
 */
export function shapesOf<S extends Skeletons>(skeletons: S) {
  const neutral = (types: readonly string[]): unknown => {
    const [first = 'null'] = types;
    if (types.includes('null') || first === 'any') return null;
    if (first.endsWith(LIST)) return [];
    if (first.startsWith("'")) return first.slice(1, -1);
    if (first in skeletons) return make(first, {});
    return NEUTRAL[first] ?? null;
  };

  const value = (type: string, given: unknown, path: string): unknown => {
    if (type.endsWith(LIST)) {
      const item = type.slice(0, -LIST.length);
      return (given as unknown[]).map((one, i) => checked([item], one, `${path}[${i}]`));
    }
    return type in skeletons ? make(type, given as Record<string, unknown>, path) : given;
  };

  const checked = (types: readonly string[], given: unknown, path: string): unknown => {
    const type = types.find((one) => isOf(one, given, skeletons));
    if (type === undefined)
      throw new Error(`${path} is ${JSON.stringify(given)}, and not ${types.join(' or ')}`);
    return value(type, given, path);
  };

  const make = (name: string, given: Record<string, unknown>, path = name): Record<string, unknown> => {
    const known = skeletons[name];
    if (!known) throw new Error(`There is no type ${name}`);
    for (const field of Object.keys(given))
      if (!Object.hasOwn(known, field) && !Object.hasOwn(known, `${field}?`))
        throw new Error(`${path} has no field ${field}`);
    const made: Record<string, unknown> = {};
    for (const [key, text] of Object.entries(known)) {
      const field = key.replace(/\?$/, '');
      const types = text.split('|');
      if (given[field] !== undefined) made[field] = checked(types, given[field], `${path}.${field}`);
      else if (field === key) made[field] = neutral(types);
    }
    return made;
  };

  return <N extends keyof S & string>(name: N, fields: Fields<S[N]>): Record<string, unknown> =>
    make(name, fields);
}

const NEUTRAL: Readonly<Record<string, unknown>> = {
  string: '',
  integer: 0,
  number: 0,
  boolean: false,
  true: true,
  false: false,
  object: {},
};

function isOf(type: string, given: unknown, skeletons: Skeletons): boolean {
  if (type === 'any') return true;
  if (type.endsWith(LIST)) return Array.isArray(given);
  if (type.startsWith("'")) return given === type.slice(1, -1);
  if (type === 'integer') return Number.isInteger(given);
  if (type === 'object' || type in skeletons)
    return typeof given === 'object' && given !== null && !Array.isArray(given);
  if (type === 'null' || type === 'true' || type === 'false')
    return String(given) === type && typeof given !== 'string';
  return typeof given === type;
}
