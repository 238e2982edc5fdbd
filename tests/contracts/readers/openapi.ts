import SwaggerParser from '@apidevtools/swagger-parser';
import { type Exchange, formFields, isJsonType, mediaType } from '../exchange';
import {
  type Contract,
  contractFile,
  isObject,
  type Json,
  type PublishedOperation,
  parseJson,
} from './contract';
import { coerce, type Nested, parseNested } from './form';
import { pointerPart, Schemas } from './schemas';
import { fromSwagger } from './swagger';

export interface OpenApiOptions {
  /** Updates the document before it is used, from what the vendor has published since. */
  amend?: (document: Json) => void;
  /** Query parameters that every operation accepts. */
  everywhere?: readonly string[];
  /** Path in front of those of the document. By default that of its first server. */
  base?: string;
  /** Responses may contain only the fields that the document names. */
  closedAnswers?: boolean;
  /** Schemas of other files, to which the document refers. */
  schemas?: readonly Json[];
}

/** Reads a file with OpenAPI 2.0 (Swagger), 3.0 or 3.1, as JSON or YAML. The document itself is not validated. */
export async function openApi(file: string, options: OpenApiOptions = {}): Promise<OpenApiContract> {
  return openApiDocument((await SwaggerParser.parse(contractFile(file))) as unknown as Json, options);
}

/** Reads a parsed document, which is changed. */
export function openApiDocument(document: Json, options: OpenApiOptions = {}): OpenApiContract {
  const current = document.swagger === undefined ? document : fromSwagger(document);
  options.amend?.(current);
  return new OpenApiContract(current, options);
}

interface Parameter {
  name: string;
  in: string;
  required: boolean;
  schema: Json | undefined;
  pointer: string;
  /** The value is JSON in a string. */
  json: boolean;
}
interface Content {
  pointer: string;
  schema: Json;
}
interface Operation {
  id: string;
  method: string;
  pattern: RegExp;
  names: string[];
  parameters: Parameter[];
  body: { required: boolean; content: Record<string, Content | null> } | null;
  responses: Record<string, Record<string, Content | null>>;
  security: readonly Json[];
}

export class OpenApiContract implements Contract {
  readonly schemas: Schemas;
  readonly #operations: Operation[];

  constructor(
    private readonly document: Json,
    private readonly options: OpenApiOptions,
  ) {
    const dialect = String(document.openapi).startsWith('3.0') ? '7' : '2020';
    this.schemas = new Schemas(document, options.schemas, dialect);
    this.#operations = this.#read();
  }

  /** The operation with the fewest placeholders wins. */
  find({ method, path }: Pick<Exchange, 'method' | 'path'>): PublishedOperation | null {
    const [best] = this.#operations
      .filter((operation) => operation.method === method.toLowerCase() && operation.pattern.test(path))
      .sort((a, b) => a.names.length - b.names.length);
    if (!best) return null;
    return {
      id: best.id,
      request: (exchange) => this.#request(best, exchange),
      answer: (exchange) => this.#answer(best, exchange),
    };
  }

  /** Returns the pointer of a named schema, or null if the document does not have it. */
  component(schema: string): string | null {
    const { schemas } = this.document.components as { schemas: Json };
    return schema in schemas ? `/components/schemas/${pointerPart(schema)}` : null;
  }

  async #request(operation: Operation, exchange: Exchange): Promise<string[]> {
    const values = operation.pattern.exec(exchange.path)?.slice(1) ?? [];
    const wrong: string[] = [];
    const check = (p: Parameter, raw: Nested) => {
      if (!p.schema) return;
      const value = p.json ? parseJson(String(raw)) : coerce(this.schemas.resolve, p.schema, raw);
      for (const error of this.schemas.check(p.pointer, value, 'request'))
        wrong.push(`${p.in} ${p.name}: ${error}`);
    };
    const query = parseNested(exchange.query);
    const declared = new Set(this.options.everywhere);
    for (const p of operation.parameters) {
      const place = operation.names.indexOf(p.name);
      const header = exchange.headers[p.name.toLowerCase()];
      const given =
        p.in === 'path'
          ? place < 0
            ? undefined
            : decodeURIComponent(values[place] ?? '')
          : p.in === 'query'
            ? (query[p.name] ?? query[p.name.replace(/\[\]$/, '')])
            : p.in === 'header'
              ? header
              : undefined;
      if (p.in === 'query') declared.add(p.name).add(p.name.replace(/\[.*$/, ''));
      if (given !== undefined) check(p, given);
      else if (p.required && (p.in === 'query' || (p.in === 'header' && !OWN_HEADERS.test(p.name))))
        wrong.push(`${p.in} ${p.name}: is required`);
    }
    const keys = this.#keysInQuery();
    for (const name of Object.keys(query))
      if (!declared.has(name) && !keys.includes(name)) wrong.push(`query ${name}: is not declared`);
    if (!this.#hasCredentials(operation, exchange)) wrong.push('no credentials were sent');
    wrong.push(...(await this.#body(operation, exchange)));
    return wrong;
  }

  async #body(operation: Operation, exchange: Exchange): Promise<string[]> {
    if (exchange.body === undefined || exchange.body.length === 0)
      return operation.body?.required ? ['a body is required'] : [];
    if (!operation.body) return ['a body was sent, but none is declared'];
    const type = mediaType(exchange.headers['content-type']);
    const content = contentOf(operation.body.content, type);
    if (content === undefined)
      return [`content type ${type} is not declared (${Object.keys(operation.body.content).join(', ')})`];
    if (content === null) return [];
    const checked = (word: string, value: unknown) => [
      ...this.schemas.check(content.pointer, value, 'request').map((e) => `${word} ${e}`),
      ...this.schemas.undeclared(content.schema, value).map((field) => `${word} ${field}: is not declared`),
    ];
    if (isJsonType(type)) {
      const value = parseJson(String(exchange.body));
      return value === undefined ? ['the body is not JSON'] : checked('body', value);
    }
    if (!/^(?:multipart\/form-data|application\/x-www-form-urlencoded)$/.test(type)) return [];
    const fields = await formFields(exchange);
    const value = parseNested(
      fields.map(([key, part]): [string, string] => [key, typeof part === 'string' ? part : 'binary']),
    );
    return checked('form', coerce(this.schemas.resolve, content.schema, value));
  }

  #answer(operation: Operation, exchange: Exchange): string[] {
    const { status } = exchange;
    const declared =
      operation.responses[String(status)] ??
      operation.responses[`${String(status)[0]}XX`] ??
      operation.responses.default;
    if (!declared) return [`status ${status} is not declared`];
    if (Object.keys(declared).length === 0)
      return exchange.answer === '' || operation.method === 'delete'
        ? []
        : [`status ${status} has no content`];
    const type = mediaType(exchange.answerType);
    const content = contentOf(declared, type);
    if (content === undefined) return [`content type ${type} of status ${status} is not declared`];
    if (content === null || !isJsonType(type)) return [];
    const value = parseJson(exchange.answer);
    if (value === undefined) return ['the response is not JSON'];
    return [
      ...this.schemas.check(content.pointer, value, 'answer').map((e) => `response ${status} ${e}`),
      ...(this.options.closedAnswers
        ? this.schemas
            .undeclared(content.schema, value)
            .map((field) => `response ${status} ${field}: is not declared`)
        : []),
    ];
  }

  #schemes(): Record<string, Json> {
    return ((this.document.components as Json | undefined)?.securitySchemes ?? {}) as Record<string, Json>;
  }

  #keysInQuery(): string[] {
    return Object.values(this.#schemes()).flatMap((s) => (s.in === 'query' ? [String(s.name)] : []));
  }

  /** One of the alternatives is enough; an empty one means that credentials are optional. */
  #hasCredentials({ security }: Operation, { headers, query }: Exchange): boolean {
    const schemes = this.#schemes();
    const given = (name: string) => {
      const scheme = schemes[name];
      if (scheme?.type !== 'apiKey') return headers.authorization !== undefined;
      const key = String(scheme.name);
      return scheme.in === 'query' ? query.has(key) : headers[key.toLowerCase()] !== undefined;
    };
    return security.length === 0 || security.some((one) => Object.keys(one).every(given));
  }

  #read(): Operation[] {
    const { document, schemas } = this;
    const base = (this.options.base ?? serverPath(document)).replace(/\/$/, '');
    const found: Operation[] = [];
    for (const [template, item] of Object.entries(document.paths as Record<string, Json>))
      for (const method of ['get', 'post', 'put', 'patch', 'delete', 'head', 'options']) {
        const raw = item[method];
        if (!isObject(raw)) continue;
        const at = `/paths/${pointerPart(template)}/${method}`;
        const parameters = [
          ...this.#parameters(item.parameters, `/paths/${pointerPart(template)}`),
          ...this.#parameters(raw.parameters, at),
        ];
        const body = isObject(raw.requestBody) ? raw.requestBody : null;
        const responses = Object.entries((raw.responses ?? {}) as Record<string, Json>).map(
          ([status, response]) => [
            status.toUpperCase().replace('DEFAULT', 'default'),
            this.#contents(response, `${at}/responses/${status}`),
          ],
        );
        found.push({
          id: String(raw.operationId ?? `${method.toUpperCase()} ${template}`),
          method,
          ...matcher(base, template, parameters),
          parameters,
          body: body && {
            required: schemas.resolve(body).required === true,
            content: this.#contents(body, `${at}/requestBody`),
          },
          responses: Object.fromEntries(responses),
          security: (raw.security ?? document.security ?? []) as Json[],
        });
      }
    return found;
  }

  #parameters(list: unknown, base: string): Parameter[] {
    return ((list as Json[] | undefined) ?? []).map((raw, i) => {
      const p = this.schemas.resolve(raw);
      const at = typeof raw.$ref === 'string' ? raw.$ref.slice(1) : `${base}/parameters/${i}`;
      const [type, content] = Object.entries((p.content ?? {}) as Record<string, Json>)[0] ?? [];
      return {
        name: String(p.name),
        in: String(p.in),
        required: p.required === true,
        schema: (content ? content.schema : p.schema) as Json | undefined,
        pointer: type === undefined ? `${at}/schema` : `${at}/content/${pointerPart(type)}/schema`,
        json: type !== undefined,
      };
    });
  }

  #contents(raw: Json, base: string): Record<string, Content | null> {
    const holder = this.schemas.resolve(raw);
    const at = typeof raw.$ref === 'string' ? raw.$ref.slice(1) : base;
    return Object.fromEntries(
      Object.entries((holder.content ?? {}) as Record<string, Json>).map(([type, { schema }]) => [
        mediaType(type),
        isObject(schema) ? { pointer: `${at}/content/${pointerPart(type)}/schema`, schema } : null,
      ]),
    );
  }
}

/** Parameters of these names are ignored, as OpenAPI says; HTTP and the security schemes describe them. */
const OWN_HEADERS = /^(?:accept|authorization|content-type)$/i;

/** Returns the declared content of a type, by its name or by a wildcard; undefined if there is none. */
function contentOf(content: Record<string, Content | null>, type: string): Content | null | undefined {
  for (const name of [type, `${type.split('/')[0]}/*`, '*/*'])
    if (name in content) return content[name] ?? null;
  return undefined;
}

/** `{name}` is one segment or part of one; `{+name}` may contain slashes and matches its parameter's own pattern. */
function matcher(base: string, template: string, parameters: readonly Parameter[]) {
  const names: string[] = [];
  const pattern = `${base}${template}`
    .replace(/[.*?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\+?)([^{}]+)\}/g, (_, slashes: string, name: string) => {
      names.push(name);
      const own = parameters.find((p) => p.in === 'path' && p.name === name)?.schema?.pattern;
      if (slashes && typeof own === 'string') return `(${own.replace(/^\^|\$$/g, '')})`;
      return slashes ? '(.+)' : '([^/]+)';
    });
  return { names, pattern: new RegExp(`^${pattern}$`) };
}

function serverPath(document: Json): string {
  const [server] = (document.servers ?? []) as { url: string; variables?: Record<string, Json> }[];
  if (!server) return '';
  const url = server.url.replace(/\{([^{}]+)\}/g, (_, name: string) =>
    String(server.variables?.[name]?.default ?? 'x'),
  );
  return new URL(url, 'https://host.invalid').pathname;
}
