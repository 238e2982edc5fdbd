import { type Json, readContract } from './contract';
import { type OpenApiContract, openApiDocument } from './openapi';

interface Field {
  name: string;
  types: string[];
  required: boolean;
  description: string;
}
interface Entry {
  name: string;
  description: string[];
  returns?: string[];
  fields?: Field[];
  subtypes?: string[];
}

/** Reads the list of the Bot API's methods and types. It is complete, so unknown fields are wrong in responses, too. */
export const telegram = (file: string): OpenApiContract => telegramList(readContract(file) as Json);

export function telegramList(list: Json): OpenApiContract {
  const { methods, types } = list as { methods: Record<string, Entry>; types: Record<string, Entry> };
  const known = new Set(Object.keys(types));
  const paths = Object.values(methods).map(({ name, fields = [], returns = [] }) => {
    const schema = objectOf(fields, known);
    const attached = fields.some(({ types }) => types.some((type) => type.includes('InputMedia')));
    const contents = {
      'application/json': { schema },
      'application/x-www-form-urlencoded': { schema },
      'multipart/form-data': {
        schema: attached
          ? { ...schema, properties: { ...(schema.properties as Json), ...ATTACHED } }
          : schema,
      },
    };
    const responses = {
      '200': json({
        type: 'object',
        required: ['ok', 'result'],
        properties: { ok: { const: true }, result: anyOf(returns, known), description: { type: 'string' } },
      }),
      default: json(ERROR),
    };
    return [
      `/bot{token}/${name}`,
      {
        get: {
          operationId: name,
          parameters: fields.map((f) => ({
            name: f.name,
            in: 'query',
            required: f.required,
            schema: fieldOf(f, known),
          })),
          responses,
        },
        post: {
          operationId: name,
          requestBody: {
            required: fields.some((f) => f.required),
            content: contents,
          },
          responses,
        },
      },
    ];
  });
  const schemas = Object.values(types).map((type) => [
    type.name,
    type.subtypes && type.subtypes.length > 0
      ? anyOf(type.subtypes, known)
      : objectOf(type.fields ?? [], known),
  ]);
  return openApiDocument(
    {
      openapi: '3.1.0',
      info: { title: 'Bot API', version: list.version },
      paths: Object.fromEntries(paths),
      components: { schemas: Object.fromEntries(schemas) },
    },
    { closedAnswers: true },
  );
}

const json = (schema: Json) => ({ content: { 'application/json': { schema } } });

/** https://core.telegram.org/bots/api#making-requests */
const ERROR: Json = {
  type: 'object',
  required: ['ok', 'error_code', 'description'],
  properties: {
    ok: { const: false },
    error_code: { type: 'integer' },
    description: { type: 'string' },
    parameters: {
      type: 'object',
      properties: { retry_after: { type: 'integer' }, migrate_to_chat_id: { type: 'integer' } },
    },
  },
};

/** Files that a field names by `attach://<name>`. The sender chooses the names; ours are these. */
const ATTACHED: Json = Object.fromEntries(
  Array.from({ length: 10 }, (_, i) => [`file${i}`, { type: 'string' }]),
);

const objectOf = (fields: readonly Field[], known: ReadonlySet<string>): Json => ({
  type: 'object',
  properties: Object.fromEntries(fields.map((f) => [f.name, fieldOf(f, known)])),
  required: fields.filter((f) => f.required).map((f) => f.name),
});

/** The list has no enumerations; the description of a constant ends with its value. */
function fieldOf({ types, description }: Field, known: ReadonlySet<string>): Json {
  const constant = /(?:must be|always) [“"]?(\w+)[”"]?\.?$/.exec(description)?.[1];
  return constant !== undefined && types.join() === 'String' ? { const: constant } : anyOf(types, known);
}

function anyOf(types: readonly string[], known: ReadonlySet<string>): Json {
  const [only, ...others] = types.map((type) => typeOf(type, known));
  return others.length > 0 ? { anyOf: types.map((type) => typeOf(type, known)) } : (only ?? {});
}

const PLAIN: Record<string, Json> = {
  Integer: { type: 'integer' },
  Float: { type: 'number' },
  'Float number': { type: 'number' },
  String: { type: 'string' },
  Boolean: { type: 'boolean' },
  True: { const: true },
  // Sent as a part of a form.
  InputFile: { type: 'string' },
};

function typeOf(type: string, known: ReadonlySet<string>): Json {
  const list = /^Array of (.+)$/.exec(type)?.[1];
  if (list !== undefined) return { type: 'array', items: anyOf(list.split(/, | and | or /), known) };
  return PLAIN[type] ?? (known.has(type) ? { $ref: `#/components/schemas/${type}` } : {});
}
