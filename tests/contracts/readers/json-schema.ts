import { readdirSync } from 'node:fs';
import { contractFile, type Json, readContract } from './contract';
import { type OpenApiContract, openApiDocument } from './openapi';

/** What schemas of bodies do not say: the operation that each belongs to. A schema is named by its `$id`, perhaps with a pointer. */
export interface SchemaOperation {
  id: string;
  method: string;
  /** Such as `/ghost/api/admin/posts/{id}/`. */
  path: string;
  query?: readonly string[];
  request?: string;
  /** Content type of the request. */
  type?: string;
  /** Schema of the response by status, or `default`. Null: no schema describes the response. */
  answers: Readonly<Record<string, string | null>>;
}

/** Reads all JSON Schemas of a folder and combines them with a list of operations. `leaveOut` names files that are broken. */
export function jsonSchemas(
  folder: string,
  operations: readonly SchemaOperation[],
  leaveOut: readonly string[] = [],
): OpenApiContract {
  const files = readdirSync(contractFile(folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.json') && !leaveOut.includes(file))
    .sort();
  return jsonSchemaDocuments(
    files.map((file) => readContract(`${folder}/${file}`) as Json),
    operations,
  );
}

export function jsonSchemaDocuments(
  schemas: readonly Json[],
  operations: readonly SchemaOperation[],
): OpenApiContract {
  const paths: Record<string, Json> = {};
  for (const { id, method, path, query = [], request, type = 'application/json', answers } of operations) {
    paths[path] = {
      ...paths[path],
      [method.toLowerCase()]: {
        operationId: id,
        parameters: query.map((name) => ({ name, in: 'query', schema: {} })),
        ...(request === undefined
          ? {}
          : { requestBody: { required: true, content: { [type]: { schema: { $ref: request } } } } }),
        responses: Object.fromEntries(
          Object.entries(answers).map(([status, schema]) => [
            status,
            schema === null
              ? { content: { '*/*': {} } }
              : { content: { 'application/json': { schema: { $ref: schema } } } },
          ]),
        ),
      },
    };
  }
  // Meta-schemas are not needed to validate values.
  const plain = schemas.map(({ $schema: _, ...schema }) => schema);
  return openApiDocument({ openapi: '3.0.3', paths }, { schemas: plain, base: '' });
}
