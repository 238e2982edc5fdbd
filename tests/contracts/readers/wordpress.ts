import { isObject, type Json, readContract } from './contract';
import { type OpenApiContract, openApiDocument } from './openapi';

interface Route {
  endpoints: { methods: string[]; args: Record<string, Json> | Json[] }[];
}

/**
 * Reads the index of a WordPress REST namespace (`GET /wp-json/wc/v3`): routes with their arguments. `resources` names the JSON Schema of
 * the responses by route.
 */
export function wordpressRoutes(
  file: string,
  resources: Readonly<Record<string, string>> = {},
): OpenApiContract {
  const schemas = Object.entries(resources).map(([route, schema]) => [route, readContract(schema) as Json]);
  return wordpressIndex(readContract(file) as Json, Object.fromEntries(schemas));
}

export function wordpressIndex(index: Json, resources: Readonly<Record<string, Json>> = {}): OpenApiContract {
  const shared = new Map<string, Json>();
  const paths: Record<string, Json> = {};
  for (const [route, { endpoints }] of Object.entries(index.routes as Record<string, Route>)) {
    const inPath: Json[] = [];
    const template = route.replace(
      /\(\?P<(\w+)>((?:\[[^\]]*\]|[^()])*)\)/g,
      (_, name: string, pattern: string) => {
        inPath.push({
          name,
          in: 'path',
          required: true,
          schema: { type: 'string', pattern: `^(?:${pattern})$` },
        });
        return `{+${name}}`;
      },
    );
    const { $schema: _, ...resource } = resources[route] ?? {};
    const known = typeof resource.$id === 'string' ? resource.$id : null;
    if (known !== null) shared.set(known, resource);
    const one: Json = known === null ? { type: 'object' } : { $ref: known };
    const single = template.endsWith('}');
    for (const { methods, args } of endpoints)
      for (const method of methods)
        paths[template] = {
          ...paths[template],
          [method.toLowerCase()]: operation(method, args, inPath, one, single),
        };
  }
  return openApiDocument(
    {
      openapi: '3.0.3',
      servers: [{ url: '/wp-json' }],
      security: [{ application: [] }, { key: [] }],
      paths,
      components: {
        securitySchemes: {
          application: { type: 'http', scheme: 'basic' },
          key: { type: 'apiKey', in: 'query', name: 'consumer_key' },
          secret: { type: 'apiKey', in: 'query', name: 'consumer_secret' },
        },
      },
    },
    // Every WordPress route accepts these.
    { schemas: [...shared.values()], everywhere: ['_fields', '_embed', '_envelope', 'context'] },
  );
}

function operation(
  method: string,
  args: Record<string, Json> | Json[],
  inPath: readonly Json[],
  one: Json,
  single: boolean,
): Json {
  // PHP writes an empty map as a list.
  const fields = Object.entries(Array.isArray(args) ? {} : args).filter(
    ([name]) => !inPath.some((p) => p.name === name),
  );
  const reads = method === 'GET' || method === 'DELETE';
  const body = {
    type: 'object',
    properties: Object.fromEntries(fields.map(([name, arg]) => [name, schemaOf(arg)])),
    required: fields.filter(([, arg]) => arg.required === true).map(([name]) => name),
  };
  const answer = method === 'GET' && !single ? { type: 'array', items: one } : one;
  const json = (schema: Json) => ({ content: { 'application/json': { schema } } });
  return {
    parameters: [
      ...inPath,
      ...(reads
        ? fields.map(([name, arg]) => ({
            name,
            in: 'query',
            required: arg.required === true,
            schema: schemaOf(arg),
          }))
        : []),
    ],
    ...(reads
      ? {}
      : {
          requestBody: {
            required: body.required.length > 0,
            content: {
              'application/json': { schema: body },
              'application/x-www-form-urlencoded': { schema: body },
            },
          },
        }),
    responses: { '200': json(answer), '201': json(answer), default: json(ERROR) },
  };
}

/** https://developer.wordpress.org/rest-api/extending-the-rest-api/adding-custom-endpoints/#return-value */
const ERROR: Json = {
  type: 'object',
  required: ['code', 'message', 'data'],
  properties: {
    code: { type: 'string' },
    message: { type: 'string' },
    data: { type: 'object', required: ['status'], properties: { status: { type: 'integer' } } },
  },
};

/** Removes what an argument says besides its schema. `required` belongs to the list of arguments. */
function schemaOf(arg: Json): Json {
  const { required: _r, default: _d, description: _, ...schema } = arg;
  // Lists without items are objects of any form in PHP.
  for (const key of ['properties', 'items']) if (key in schema && !isObject(schema[key])) delete schema[key];
  if (schema.type === 'date-time') schema.type = 'string';
  if (schema.type === 'mixed') delete schema.type;
  if (isObject(schema.items)) schema.items = schemaOf(schema.items);
  if (isObject(schema.properties))
    schema.properties = Object.fromEntries(
      Object.entries(schema.properties as Record<string, Json>).map(([name, one]) => [name, schemaOf(one)]),
    );
  return schema;
}
