import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import SwaggerParser from '@apidevtools/swagger-parser';
import Ajv, { type ValidateFunction } from 'ajv';
import addFormats from 'ajv-formats';

/** Folder of the vendors' documents, next to the checkout. They are not part of this project. */
export const CONTRACTS = path.resolve(import.meta.dirname, '../../../shared/contracts');
export const contractsPresent = (): boolean => existsSync(path.join(CONTRACTS, 'x/openapi.json'));
export const readContract = (file: string): unknown =>
  JSON.parse(readFileSync(path.join(CONTRACTS, file), 'utf8'));

type Json = Record<string, unknown>;
export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header' | 'cookie';
  required?: boolean;
  schema?: Json;
  explode?: boolean;
  /** JSON pointer of the schema in the document. */
  pointer: string;
}
export interface Operation {
  id: string;
  method: string;
  template: string;
  parameters: Parameter[];
  /** JSON pointers into the document, by content type. */
  body: { required: boolean; content: Record<string, { pointer: string; schema: Json }> } | null;
  responses: Record<string, Record<string, string>>;
  secured: boolean;
}

/** A vendor's OpenAPI 3.0 document, prepared for validation. */
export class ContractDocument {
  readonly operations: Operation[] = [];
  readonly #ajv: Ajv;
  readonly #compiled = new Map<string, ValidateFunction>();

  private constructor(
    readonly name: string,
    private readonly document: Json,
  ) {
    this.#ajv = new Ajv({ strict: false, allErrors: true, logger: false, validateSchema: false });
    addFormats(this.#ajv);
    for (const format of [
      'int32',
      'int64',
      'float',
      'double',
      'binary',
      'byte',
      'password',
      'unix-time',
      'ISO 3166-1 alpha-2',
    ])
      this.#ajv.addFormat(format, true);
    this.#ajv.addFormat('decimal', /^-?\d+(\.\d+)?$/);
    nullables(document);
    this.#ajv.addSchema(document, name);
    this.#read();
  }

  /** `amend` updates the document before it is used, from what the vendor has published since. */
  static async load(name: string, file: string, amend?: (document: Json) => void): Promise<ContractDocument> {
    const parsed = (await SwaggerParser.parse(path.join(CONTRACTS, file))) as unknown as Json;
    amend?.(parsed);
    return new ContractDocument(name, parsed);
  }

  /** Returns the pointer of a named schema, or null if the document does not have it. */
  component(schema: string): string | null {
    const { schemas } = this.document.components as { schemas: Json };
    return schema in schemas ? `/components/schemas/${pointerPart(schema)}` : null;
  }

  /** Returns the operation that matches a request; the template with the fewest placeholders wins. */
  find(method: string, pathname: string): { operation: Operation; values: Record<string, string> } | null {
    const matches = this.operations.flatMap((operation) => {
      if (operation.method !== method.toLowerCase()) return [];
      const names: string[] = [];
      const pattern = operation.template
        .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
        .replace(/\{(\w+)\}/g, (_, n: string) => {
          names.push(n);
          return '([^/]+)';
        });
      const match = new RegExp(`^${pattern}$`).exec(pathname);
      if (!match) return [];
      const values = Object.fromEntries(names.map((n, i) => [n, decodeURIComponent(match[i + 1] ?? '')]));
      return [{ operation, values }];
    });
    return matches.sort((a, b) => Object.keys(a.values).length - Object.keys(b.values).length)[0] ?? null;
  }

  /** Validates `value` against the schema at `pointer` and returns the errors. */
  check(pointer: string, value: unknown): string[] {
    let validate = this.#compiled.get(pointer);
    if (!validate) {
      validate = this.#ajv.compile({ $ref: `${this.name}#${pointer}` });
      this.#compiled.set(pointer, validate);
    }
    return validate(value)
      ? []
      : (validate.errors ?? []).map(
          (e) => `${e.instancePath || '/'} ${e.message ?? ''} ${JSON.stringify(e.params)}`,
        );
  }

  resolve<T>(value: T | { $ref: string }): T {
    if (typeof value !== 'object' || value === null || !('$ref' in value)) return value as T;
    let node: unknown = this.document;
    for (const part of value.$ref.slice(2).split('/'))
      node = (node as Json)[part.replaceAll('~1', '/').replaceAll('~0', '~')];
    return this.resolve(node as T);
  }

  #read(): void {
    const globalSecurity = this.document.security as unknown[] | undefined;
    for (const [template, item] of Object.entries(this.document.paths as Record<string, Json>))
      for (const method of ['get', 'post', 'put', 'patch', 'delete']) {
        const raw = item[method] as Json | undefined;
        if (!raw) continue;
        const at = `/paths/${pointerPart(template)}/${method}`;
        const read = (list: unknown, base: string) =>
          ((list as (Parameter | { $ref: string })[] | undefined) ?? []).map((p, i) => ({
            ...this.resolve<Parameter>(p),
            pointer: `${'$ref' in p ? p.$ref.slice(1) : `${base}/parameters/${i}`}/schema`,
          }));
        const parameters = [
          ...read(item.parameters, `/paths/${pointerPart(template)}`),
          ...read(raw.parameters, at),
        ];
        const body = raw.requestBody ? this.resolve<Json>(raw.requestBody as Json) : null;
        const contents = (holder: Json, base: string) =>
          Object.fromEntries(
            Object.entries((holder.content as Record<string, Json>) ?? {}).flatMap(([type, c]) =>
              c.schema
                ? [
                    [
                      type,
                      {
                        pointer: `${base}/content/${pointerPart(type)}/schema`,
                        schema: this.resolve<Json>(c.schema as Json),
                      },
                    ],
                  ]
                : [],
            ),
          );
        const responses = Object.fromEntries(
          Object.entries(raw.responses as Record<string, Json>).map(([status, response]) => [
            status,
            Object.fromEntries(
              Object.entries(contents(response, `${at}/responses/${status}`)).map(([type, c]) => [
                type,
                c.pointer,
              ]),
            ),
          ]),
        );
        const security = (raw.security as unknown[] | undefined) ?? globalSecurity ?? [];
        this.operations.push({
          id: String(raw.operationId ?? `${method} ${template}`),
          method,
          template,
          parameters,
          body: body && { required: body.required === true, content: contents(body, `${at}/requestBody`) },
          responses,
          secured: security.length > 0,
        });
      }
  }
}

const pointerPart = (part: string) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));

/** Converts OpenAPI 3.0's `nullable` to JSON Schema. */
function nullables(node: unknown): void {
  if (typeof node !== 'object' || node === null) return;
  for (const child of Object.values(node)) nullables(child);
  const schema = node as Json;
  if (schema.nullable !== true) return;
  delete schema.nullable;
  if (typeof schema.type === 'string') {
    schema.type = [schema.type, 'null'];
    if (Array.isArray(schema.enum) && !schema.enum.includes(null)) schema.enum = [...schema.enum, null];
  } else {
    const inner = { ...schema };
    for (const key of Object.keys(schema)) delete schema[key];
    schema.anyOf = [{ type: 'null' }, inner];
  }
}
