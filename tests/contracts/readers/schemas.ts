import type { ErrorObject, Options, ValidateFunction } from 'ajv';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import { isObject, type Json } from './contract';

/** Where a schema is used: requests may omit what is `readOnly`, responses what is `writeOnly`. */
export type Side = 'request' | 'answer';

/** The schemas of a document, ready for validation. */
export class Schemas {
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  /** `shared` are schemas of other files, to which the document refers by their `$id`. */
  constructor(
    readonly document: Json,
    private readonly shared: readonly Json[] = [],
    dialect: '7' | '2020' = '7',
  ) {
    const options: Options = {
      strict: false,
      allErrors: true,
      logger: false,
      validateSchema: false,
      verbose: true,
      unicodeRegExp: false,
    };
    this.#ajv = dialect === '2020' ? new Ajv2020(options) : new Ajv(options);
    addFormats(this.#ajv);
    this.#ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
    normalize(document);
    for (const schema of shared) {
      normalize(schema);
      this.#ajv.addSchema(schema);
    }
    this.#ajv.addSchema(document, ROOT);
  }

  /** Validates `value` against the schema at a JSON pointer and returns the errors. */
  check(pointer: string, value: unknown, side: Side = 'answer'): string[] {
    let validate = this.#compiled.get(pointer);
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `${ROOT}#${pointer}` });
      this.#compiled.set(pointer, validate);
    }
    if (validate(value)) return [];
    return (validate.errors ?? []).filter((e) => !this.#mayBeMissing(e, side)).map(describe);
  }

  /** Follows references. A reference into a file that is not at hand gives an empty schema. */
  resolve = (value: Json): Json => {
    if (typeof value.$ref !== 'string') return value;
    const [file = '', fragment = ''] = value.$ref.split('#');
    let node: unknown = file === '' ? this.document : this.shared.find(({ $id }) => $id === file);
    for (const part of fragment.split('/').slice(1))
      node = isObject(node) || Array.isArray(node) ? (node as Json)[unescaped(part)] : undefined;
    return isObject(node) ? this.resolve(node) : {};
  };

  /**
   * Returns the fields of a value that no schema names, where the schema names its fields at all and does not allow more by itself.
   */
  undeclared(raw: Json, value: unknown, at = ''): string[] {
    const branches = this.#branches(raw);
    if (Array.isArray(value)) {
      const items = branches.flatMap(({ items }) => (isObject(items) ? [items] : []));
      return items.length === 0
        ? []
        : value.flatMap((item, i) => this.undeclared({ anyOf: items }, item, `${at}/${i}`));
    }
    if (!isObject(value)) return [];
    const named = branches.filter(({ properties }) => isObject(properties));
    const open = branches.some(
      (b) =>
        b.additionalProperties === true ||
        isObject(b.additionalProperties) ||
        b.patternProperties !== undefined ||
        Object.keys(b).filter((k) => !NOTES.has(k)).length === 0,
    );
    return Object.entries(value).flatMap(([key, field]) => {
      const known = named.flatMap(({ properties }) => {
        const schema = (properties as Json)[key];
        return isObject(schema) ? [schema] : schema === true ? [{}] : [];
      });
      if (known.length > 0) return this.undeclared({ anyOf: known }, field, `${at}/${key}`);
      return named.length === 0 || open ? [] : [`${at}/${key}`];
    });
  }

  /** Returns the schemas of which a value may or must match some. */
  #branches(raw: Json, seen: ReadonlySet<Json> = new Set()): Json[] {
    const schema = this.resolve(raw);
    if (seen.has(schema)) return [];
    const inner = ['allOf', 'anyOf', 'oneOf', 'then', 'else'].flatMap((key) => schema[key] ?? []) as Json[];
    const own = inner.length > 0 && !schema.properties && !schema.items ? [] : [schema];
    return [...own, ...inner.flatMap((branch) => this.#branches(branch, new Set([...seen, schema])))];
  }

  #mayBeMissing(error: ErrorObject, side: Side): boolean {
    if (error.keyword !== 'required') return false;
    const schema = (error.parentSchema?.properties as Record<string, Json> | undefined)?.[
      String(error.params.missingProperty)
    ];
    return (
      schema !== undefined && this.resolve(schema)[side === 'request' ? 'readOnly' : 'writeOnly'] === true
    );
  }
}

const ROOT = 'document';
const NOTES = new Set(['description', 'title', 'example', 'examples', 'deprecated', 'readOnly']);
const unescaped = (part: string) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');

/** Writes one part of a JSON pointer in a URL fragment. */
export const pointerPart = (part: string): string =>
  encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

const describe = (e: ErrorObject): string =>
  `${e.instancePath || '/'} ${e.message ?? ''} ${JSON.stringify(e.params)}`;

/** Converts what OpenAPI 3.0 writes in its own way to JSON Schema: `nullable`, and limits that are exclusive by a flag. */
function normalize(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const child of Object.values(node)) normalize(child);
  const schema = node as Json;
  for (const [flag, limit] of [
    ['exclusiveMinimum', 'minimum'],
    ['exclusiveMaximum', 'maximum'],
  ] as const) {
    if (typeof schema[flag] !== 'boolean') continue;
    if (schema[flag] && typeof schema[limit] === 'number') schema[flag] = schema[limit];
    else delete schema[flag];
  }
  if (typeof schema.nullable !== 'boolean') return;
  const { nullable } = schema;
  delete schema.nullable;
  if (!nullable) return;
  if (typeof schema.type === 'string') {
    schema.type = [schema.type, 'null'];
    if (Array.isArray(schema.enum) && !schema.enum.includes(null)) schema.enum = [...schema.enum, null];
  } else {
    const inner = { ...schema };
    for (const key of Object.keys(schema)) delete schema[key];
    schema.anyOf = [{ type: 'null' }, inner];
  }
}
