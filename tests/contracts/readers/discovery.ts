import { isObject, type Json, readContract } from './contract';
import { type OpenApiContract, openApiDocument } from './openapi';

/** Reads a Google discovery document. Its schemas are complete, so unknown fields are wrong in responses, too. */
export const discovery = (file: string, amend?: (document: Json) => void): OpenApiContract =>
  discoveryDocument(readContract(file) as Json, amend);

export function discoveryDocument(document: Json, amend?: (document: Json) => void): OpenApiContract {
  const { schemas = {}, servicePath = '' } = document as {
    schemas?: Record<string, Json>;
    servicePath?: string;
  };
  const global = parametersOf(document.parameters);
  const paths: Record<string, Json> = {};
  const add = (path: string, method: string, operation: Json) => {
    const at = `/${path.replace(/^\//, '')}`;
    paths[at] = { ...paths[at], [method.toLowerCase()]: operation };
  };
  for (const method of methodsOf(document)) {
    const { request, response, supportsMediaUpload: uploads } = method;
    const parameters = [...parametersOf(method.parameters), ...global];
    const name = isObject(request) ? String(request.$ref) : null;
    const metadata = name && { $ref: `#/components/schemas/${name}` };
    const needed = name ? neededBy(schemas, name, String(method.id)) : null;
    const body = metadata && (needed ? { allOf: [metadata, needed] } : metadata);
    const answers = isObject(response)
      ? json({ $ref: `#/components/schemas/${String(response.$ref)}` })
      : { content: { '*/*': {} } };
    const operation = {
      operationId: method.id,
      parameters,
      security: method.scopes ? [{ google: [] }] : [],
      responses: { '200': answers, '204': {}, default: json(ERROR) },
    };
    add(`${servicePath}${String(method.path)}`, String(method.httpMethod), {
      ...operation,
      ...(body ? { requestBody: { required: true, ...json(body) } } : {}),
    });
    if (!uploads) continue;
    const { protocols } = method.mediaUpload as { protocols: Record<string, { path: string }> };
    const file = { 'multipart/related': {}, '*/*': {} };
    if (protocols.simple)
      add(protocols.simple.path, String(method.httpMethod), {
        ...operation,
        requestBody: { required: true, content: { ...file, ...(body ? json(body).content : {}) } },
      });
    // The first request of a resumable upload has no file yet, and its response only the address for it.
    if (protocols.resumable)
      add(protocols.resumable.path, String(method.httpMethod), {
        ...operation,
        responses: { '200': { content: { '*/*': {} } }, default: json(ERROR) },
        ...(body ? { requestBody: { required: true, ...json(body) } } : {}),
      });
  }
  return openApiDocument(
    {
      openapi: '3.0.3',
      info: { title: document.title, version: document.version },
      paths,
      components: {
        schemas: Object.fromEntries(
          Object.entries(schemas).map(([name, schema]) => [name, schemaOf(schema)]),
        ),
        securitySchemes: { google: { type: 'oauth2' } },
      },
    },
    { closedAnswers: true, ...(amend ? { amend } : {}) },
  );
}

const json = (schema: Json) => ({ content: { 'application/json': { schema } } });

/** The form of every error of a Google API: https://cloud.google.com/apis/design/errors. Discovery documents do not contain it. */
const ERROR: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'integer' },
        message: { type: 'string' },
        status: { type: 'string' },
        errors: { type: 'array', items: { type: 'object', required: ['reason'] } },
        details: { type: 'array' },
      },
    },
  },
};

/** Returns the methods of all resources, however deep. */
function methodsOf(node: Json): Json[] {
  return [
    ...(Object.values(node.methods ?? {}) as Json[]),
    ...Object.values((node.resources ?? {}) as Record<string, Json>).flatMap(methodsOf),
  ];
}

const parametersOf = (parameters: unknown): Json[] =>
  Object.entries((parameters ?? {}) as Record<string, Json>).map(([name, raw]) => {
    const { location, required, ...schema } = raw;
    return { name, in: location, required: required === true, schema: schemaOf(schema) };
  });

const NUMBERS_AS_TEXT: Record<string, string> = { int64: '^-?\\d+$', uint64: '^\\d+$' };

/** Converts a schema: `repeated`, references by bare names, and whole numbers that are sent as strings. */
function schemaOf(raw: Json): Json {
  const { repeated, required: _r, annotations: _a, default: _d, $ref, type, ...rest } = raw;
  if (repeated === true) return { type: 'array', items: schemaOf({ ...raw, repeated: false }) };
  const inner: Json = { ...rest };
  delete inner.id;
  if (typeof $ref === 'string') inner.$ref = `#/components/schemas/${$ref}`;
  if (typeof type === 'string' && type !== 'any') inner.type = type;
  if (type === 'string' && typeof rest.format === 'string' && NUMBERS_AS_TEXT[rest.format])
    inner.pattern = NUMBERS_AS_TEXT[rest.format];
  for (const key of ['minimum', 'maximum'])
    if (typeof inner[key] === 'string') inner[key] = Number(inner[key]);
  if (isObject(rest.properties))
    inner.properties = Object.fromEntries(
      Object.entries(rest.properties as Record<string, Json>).map(([name, one]) => [name, schemaOf(one)]),
    );
  for (const key of ['items', 'additionalProperties'])
    if (isObject(rest[key])) inner[key] = schemaOf(rest[key] as Json);
  return inner;
}

/** Returns the fields that a method requires in a schema, at any depth; null if none. */
function neededBy(
  schemas: Record<string, Json>,
  name: string,
  method: string,
  seen: readonly string[] = [],
): Json | null {
  if (seen.includes(name)) return null;
  const properties = (schemas[name]?.properties ?? {}) as Record<string, Json>;
  const required: string[] = [];
  const inner: Json = {};
  for (const [key, schema] of Object.entries(properties)) {
    const methods = (schema.annotations as { required?: string[] } | undefined)?.required;
    if (methods?.includes(method)) required.push(key);
    const next =
      typeof schema.$ref === 'string' ? neededBy(schemas, schema.$ref, method, [...seen, name]) : null;
    if (next) inner[key] = next;
  }
  return required.length === 0 && Object.keys(inner).length === 0 ? null : { required, properties: inner };
}
