import { readdirSync } from 'node:fs';
import { contractFile, isObject, type Json, readContract } from '../readers/contract';
import type { MetaNode } from '../readers/meta';
import { openApi } from '../readers/openapi';
import { pointerPart } from '../readers/schemas';
import { telegram } from '../readers/telegram';

/** Where a vendor describes its answers: one of these, with a path below the folder of the contracts. */
export type Source =
  | { openapi: string }
  | { lexicons: string }
  | { meta: string }
  | { telegram: string }
  | { samples: string };

/** The schemas of a vendor's answers, as JSON Schema. */
export interface Answers {
  /** Returns the schema with this name: that of a type, or of the successful answer of an operation. Null: there is none. */
  find(name: string): Json | null;
  /** Follows references. */
  resolve(schema: Json): Json;
}

/** Reads a vendor's document in any of the formats. */
export async function answersOf(source: Source): Promise<Answers> {
  if ('openapi' in source) return ofOpenApi((await openApi(source.openapi)).schemas);
  if ('telegram' in source) return ofOpenApi(telegram(source.telegram).schemas);
  if ('samples' in source) return ofSchemas(sampleSchemas(readContract(source.samples) as Json));
  return ofSchemas('lexicons' in source ? lexiconSchemas(source.lexicons) : metaSchemas(source.meta));
}

export function ofOpenApi({
  document,
  resolve,
}: {
  document: Json;
  resolve: (schema: Json) => Json;
}): Answers {
  const { schemas = {} } = (document.components ?? {}) as { schemas?: Json };
  const operations = Object.values(document.paths as Json).flatMap((path) => Object.values(path as Json));
  return {
    resolve,
    find(name) {
      if (name in schemas) return { $ref: `#/components/schemas/${pointerPart(name)}` };
      const operation = operations.find((one) => isObject(one) && one.operationId === name) as
        | Json
        | undefined;
      const [, answer] =
        Object.entries((operation?.responses ?? {}) as Json).find(([status]) => /^2/.test(status)) ?? [];
      const { content } = resolve((answer ?? {}) as Json) as { content?: Record<string, { schema?: Json }> };
      return Object.values(content ?? {})[0]?.schema ?? null;
    },
  };
}

/** `schemas` refer to each other by their names. */
export function ofSchemas(schemas: ReadonlyMap<string, Json>): Answers {
  const resolve = (schema: Json): Json =>
    typeof schema.$ref === 'string' ? resolve(schemas.get(schema.$ref) ?? {}) : schema;
  return { resolve, find: (name) => (schemas.has(name) ? { $ref: name } : null) };
}

/** Each definition is a schema under its name (`app.bsky.feed.defs#postView`), and each method's output under that of the method. */
function lexiconSchemas(folder: string): Map<string, Json> {
  const schemas = new Map<string, Json>();
  for (const file of readdirSync(contractFile(folder), { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.json')) continue;
    const { id, defs } = readContract(`${folder}/${file}`) as { id: string; defs: Record<string, Json> };
    for (const [name, def] of Object.entries(defs)) {
      const output = (def.output as Json | undefined)?.schema;
      const schema = def.type === 'record' ? def.record : (output ?? def);
      schemas.set(name === 'main' ? id : `${id}#${name}`, fromLexicon(schema as Json, id));
    }
  }
  return schemas;
}

export function fromLexicon(schema: Json, id: string): Json {
  const named = (ref: unknown) => ({
    $ref: String(ref)
      .replace(/^#/, `${id}#`)
      .replace(/#main$/, ''),
  });
  switch (schema.type) {
    case 'ref':
      return named(schema.ref);
    case 'union':
      return { anyOf: (schema.refs as unknown[]).map(named) };
    case 'array':
      return { type: 'array', items: fromLexicon(schema.items as Json, id) };
    case 'object': {
      const properties = Object.entries((schema.properties ?? {}) as Record<string, Json>);
      return {
        type: 'object',
        properties: Object.fromEntries(properties.map(([name, one]) => [name, fromLexicon(one, id)])),
        required: schema.required ?? [],
      };
    }
    case 'string':
    case 'integer':
    case 'boolean':
      return { type: schema.type, ...(schema.enum ? { enum: schema.enum } : {}) };
    default:
      return {};
  }
}

/** Samples of types by name, alone or as `resources`. All of their fields are always there; one that is null may be anything. */
export function sampleSchemas(samples: Json): Map<string, Json> {
  const types = isObject(samples.resources) ? samples.resources : samples;
  return new Map(Object.entries(types).map(([name, sample]) => [name, fromSample(sample)]));
}

function fromSample(sample: unknown): Json {
  if (sample === null) return { anyOf: [{}, { type: 'null' }] };
  if (Array.isArray(sample))
    return { type: 'array', ...(sample.length > 0 ? { items: fromSample(sample[0]) } : {}) };
  if (isObject(sample)) {
    const properties = Object.entries(sample).map(([name, value]) => [name, fromSample(value)]);
    return { type: 'object', properties: Object.fromEntries(properties), required: Object.keys(sample) };
  }
  return { type: Number.isInteger(sample) ? 'integer' : typeof sample };
}

/** Every node is a schema. An edge of it can be read like a field. */
function metaSchemas(folder: string): Map<string, Json> {
  const files = readdirSync(contractFile(folder)).filter((file) => /^[A-Z]\w*\.json$/.test(file));
  const names = new Set(files.map((file) => file.replace('.json', '')));
  return new Map(
    [...names].map((name) => {
      const { fields, apis } = readContract(`${folder}/${name}.json`) as MetaNode;
      const edges = apis.filter(({ method, endpoint }) => method === 'GET' && endpoint);
      return [
        name,
        {
          type: 'object',
          properties: Object.fromEntries([
            ...edges.map(({ endpoint = '' }) => [endpoint.replace(/^\//, ''), { type: 'object' }]),
            ...fields.map((field) => [field.name, metaType(field.type, names)]),
          ]),
        },
      ];
    }),
  );
}

const META_TYPES: Record<string, string> = {
  string: 'string',
  datetime: 'string',
  bool: 'boolean',
  int: 'integer',
  'unsigned int': 'integer',
  float: 'number',
  Object: 'object',
};

export function metaType(type: string, nodes: ReadonlySet<string>): Json {
  const inner = /^list<(.+)>$/.exec(type)?.[1];
  if (inner !== undefined) return { type: 'array', items: metaType(inner, nodes) };
  if (type === 'list') return { type: 'array' };
  if (META_TYPES[type]) return { type: META_TYPES[type] };
  return nodes.has(type) ? { $ref: type } : {};
}
