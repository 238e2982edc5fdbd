import { isObject, type Json } from './contract';

/** Converts an OpenAPI 2.0 document (Swagger) to OpenAPI 3.0. */
export function fromSwagger(old: Json): Json {
  const document = moved(old) as Json;
  const schemes = Object.entries((document.securityDefinitions ?? {}) as Record<string, Json>);
  const consumes = (document.consumes ?? []) as string[];
  const produces = (document.produces ?? ['application/json']) as string[];
  const shared = (document.parameters ?? {}) as Record<string, Json>;
  const paths = Object.entries(document.paths as Record<string, Json>).map(([template, item]) => {
    const common = (item.parameters ?? []) as Json[];
    const operations = Object.entries(item).flatMap(([method, raw]) =>
      METHODS.includes(method) && isObject(raw)
        ? [[method, operation(raw, common, { consumes, produces, shared })]]
        : [],
    );
    return [template, Object.fromEntries(operations)];
  });
  const responses = Object.entries((document.responses ?? {}) as Record<string, Json>);
  return {
    openapi: '3.0.3',
    info: document.info,
    servers: [
      { url: `https://${String(document.host ?? 'host.invalid')}${String(document.basePath ?? '')}` },
    ],
    paths: Object.fromEntries(paths),
    security: document.security,
    components: {
      schemas: document.definitions ?? {},
      responses: Object.fromEntries(responses.map(([name, one]) => [name, response(one, produces)])),
      securitySchemes: Object.fromEntries(
        schemes.map(([name, s]) => [name, s.type === 'basic' ? { type: 'http', scheme: 'basic' } : s]),
      ),
    },
  };
}

const METHODS = ['get', 'post', 'put', 'patch', 'delete', 'head', 'options'];
const FORMS = ['application/x-www-form-urlencoded', 'multipart/form-data'];

function operation(
  raw: Json,
  common: readonly Json[],
  of: { consumes: string[]; produces: string[]; shared: Record<string, Json> },
): Json {
  const own = [...common, ...((raw.parameters ?? []) as Json[])].map((p) =>
    typeof p.$ref === 'string' ? (of.shared[p.$ref.split('/').at(-1) ?? ''] ?? {}) : p,
  );
  // A parameter of the operation replaces that of the path.
  const parameters = [...new Map(own.map((p) => [`${String(p.in)} ${String(p.name)}`, p])).values()];
  const types = (raw.consumes ?? of.consumes) as string[];
  const body = parameters.find((p) => p.in === 'body');
  const fields = parameters.filter((p) => p.in === 'formData');
  const forms = types.filter((type) => FORMS.includes(type) || type === 'application/json');
  const content = (kinds: readonly string[], schema: unknown) =>
    Object.fromEntries(kinds.map((type) => [type, { schema }]));
  const requestBody = body
    ? {
        required: body.required,
        content: content(types.length > 0 ? types : ['application/json'], body.schema),
      }
    : fields.length > 0
      ? {
          required: fields.some((f) => f.required),
          content: content(forms.length > 0 ? forms : FORMS, {
            type: 'object',
            properties: Object.fromEntries(fields.map((f) => [f.name, typed(f)])),
            required: fields.filter((f) => f.required).map((f) => f.name),
          }),
        }
      : undefined;
  const produces = (raw.produces ?? of.produces) as string[];
  return {
    operationId: raw.operationId,
    security: raw.security,
    parameters: parameters
      .filter((p) => p.in !== 'body' && p.in !== 'formData')
      .map((p) => ({ name: p.name, in: p.in, required: p.required, schema: typed(p) })),
    ...(requestBody ? { requestBody } : {}),
    responses: Object.fromEntries(
      Object.entries((raw.responses ?? {}) as Record<string, Json>).map(([status, one]) => [
        status,
        response(one, produces),
      ]),
    ),
  };
}

function response(raw: Json, produces: readonly string[]): Json {
  if (raw.$ref || !raw.schema) return raw;
  return { content: Object.fromEntries(produces.map((type) => [type, { schema: raw.schema }])) };
}

/** Returns the schema that a parameter or form field has in itself. */
function typed(parameter: Json): Json {
  const { name: _n, in: _i, required: _r, description: _d, collectionFormat: _c, ...schema } = parameter;
  return schema.type === 'file' ? { type: 'string', format: 'binary' } : schema;
}

/** Copies a node with its references pointing to where OpenAPI 3 has its components. */
function moved(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(moved);
  if (!isObject(node)) return node;
  return Object.fromEntries(
    Object.entries(node).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string'
        ? value
            .replace(/^#\/definitions\//, '#/components/schemas/')
            .replace(/^#\/responses\//, '#/components/responses/')
        : moved(value),
    ]),
  );
}
