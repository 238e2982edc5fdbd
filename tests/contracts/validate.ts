import type { ContractDocument, Operation } from './document';

/** One request and its answer, as they went over the wire. */
export interface Exchange {
  platform: string;
  method: string;
  /** The vendor's own path, without the sandbox's prefix. */
  path: string;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
  status: number;
  answerType: string;
  answerHeaders: Record<string, string>;
  answer: string;
}

type Json = Record<string, unknown>;

/** Everything in which a request differs from the vendor's document. */
export async function checkRequest(
  document: ContractDocument,
  { operation, values }: { operation: Operation; values: Record<string, string> },
  exchange: Exchange,
): Promise<string[]> {
  const wrong: string[] = [];
  const check = (where: string, schema: Json | undefined, raw: string) => {
    if (!schema) return;
    const value = coerce(document, schema, raw);
    for (const error of validateLoose(document, schema, value)) wrong.push(`${where} ${error}`);
  };
  const declared = new Set<string>();
  for (const p of operation.parameters) {
    if (p.in === 'path') check(`path ${p.name}:`, p.schema, values[p.name] ?? '');
    if (p.in !== 'query') continue;
    declared.add(p.name);
    const given = exchange.query.getAll(p.name);
    if (given.length === 0 && p.required) wrong.push(`query ${p.name}: is required`);
    if (given.length > 0) check(`query ${p.name}:`, p.schema, given.join(','));
  }
  for (const name of new Set(exchange.query.keys()))
    if (!declared.has(name) && !EVERYWHERE[document.name]?.includes(name))
      wrong.push(`query ${name}: is not declared`);
  if (operation.secured && !exchange.headers.authorization && !exchange.headers['x-api-key'])
    wrong.push('no credentials were sent');
  wrong.push(...(await checkBody(document, operation, exchange)));
  return wrong;
}

/** Cursor paging that the Graph API has on every edge. */
const EVERYWHERE: Record<string, string[]> = { facebook: ['after', 'before', 'since', 'until'] };

async function checkBody(
  document: ContractDocument,
  operation: Operation,
  exchange: Exchange,
): Promise<string[]> {
  if (exchange.body === undefined) return operation.body?.required ? ['a body is required'] : [];
  if (!operation.body) return ['a body was sent and none is declared'];
  const type = (exchange.headers['content-type'] ?? '').split(';')[0] ?? '';
  const content = operation.body.content[type];
  if (!content)
    return [`content type ${type} is not declared (${Object.keys(operation.body.content).join(', ')})`];
  if (type === 'application/json') {
    const value = JSON.parse(String(exchange.body)) as Json;
    const allowed = content.schema.properties as Json | undefined;
    const unknown = allowed ? Object.keys(value).filter((k) => !(k in allowed)) : [];
    return [
      ...document.check(content.pointer, value).map((e) => `body ${e}`),
      ...unknown.map((k) => `body ${k}: is not declared`),
    ];
  }
  const fields =
    type === 'multipart/form-data'
      ? await new Response(exchange.body as BodyInit, {
          headers: { 'content-type': exchange.headers['content-type'] ?? '' },
        }).formData()
      : new URLSearchParams(String(exchange.body));
  const properties = (content.schema.properties ?? {}) as Record<string, Json>;
  const wrong: string[] = [];
  const value: Json = {};
  const open = Object.keys(properties).length === 0;
  for (const [key, part] of fields.entries()) {
    const base = key.replace(/\[.*$/, '');
    const schema = properties[base];
    if (!schema) {
      if (!open) wrong.push(`form ${key}: is not declared`);
    } else if (base === key)
      value[key] = typeof part === 'string' ? coerce(document, schema, part) : 'binary';
    else value[base] = undefined;
  }
  // Nested keys such as `line_items[0][price]` are checked by name only.
  const nested = Object.keys(value).filter((k) => value[k] === undefined);
  const flat = Object.fromEntries(Object.entries(value).filter(([k]) => !nested.includes(k)));
  const errors = document
    .check(content.pointer, flat)
    .filter((e) => !nested.some((n) => e.includes(`'${n}'`) || e.includes(`"${n}"`)));
  return [...wrong, ...errors.map((e) => `form ${e}`)];
}

/** Everything in which an answer differs from the vendor's document. */
export function checkAnswer(document: ContractDocument, operation: Operation, exchange: Exchange): string[] {
  const declared = operation.responses[String(exchange.status)] ?? operation.responses.default;
  if (!declared) {
    // Etsy's document leaves its 429 out; the notes beside it name it, in the shape of every other error.
    if (document.name === 'etsy' && exchange.status === 429)
      return document
        .check('/components/schemas/ErrorSchema', JSON.parse(exchange.answer))
        .concat(exchange.answerHeaders['retry-after'] ? [] : ['retry-after is missing']);
    return [`status ${exchange.status} is not declared`];
  }
  if (Object.keys(declared).length === 0)
    return exchange.answer === '' || operation.method === 'delete'
      ? []
      : [`status ${exchange.status} has no content`];
  const type = exchange.answerType.split(';')[0] ?? '';
  const pointer = declared[type];
  if (!pointer) return [`content type ${type} of status ${exchange.status} is not declared`];
  let value: unknown;
  try {
    value = JSON.parse(exchange.answer);
  } catch {
    return ['the answer is not JSON'];
  }
  return document.check(pointer, value).map((e) => `answer ${exchange.status} ${e}`);
}

/** A text from a path, query or form as the value that its schema means. */
function coerce(document: ContractDocument, raw: Json, text: string): unknown {
  const schema = document.resolve<Json>(raw);
  const types = [schema.type].flat();
  if (types.includes('array'))
    return text === ''
      ? []
      : text.split(',').map((part) => coerce(document, (schema.items ?? {}) as Json, part));
  if ((types.includes('integer') || types.includes('number')) && /^-?\d+(\.\d+)?$/.test(text))
    return Number(text);
  if (types.includes('boolean') && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

/** A parameter's schema stands at no address of its own that stays the same, so its few keywords are read here. */
function validateLoose(document: ContractDocument, raw: Json, value: unknown): string[] {
  const schema = document.resolve<Json>(raw);
  const types = [schema.type].flat();
  if (Array.isArray(value)) {
    const wrong = value.flatMap((v) => validateLoose(document, (schema.items ?? {}) as Json, v));
    if (typeof schema.minItems === 'number' && value.length < schema.minItems)
      wrong.push('has too few entries');
    if (typeof schema.maxItems === 'number' && value.length > schema.maxItems)
      wrong.push('has too many entries');
    if (schema.uniqueItems === true && new Set(value).size < value.length) wrong.push('has an entry twice');
    return wrong;
  }
  const wrong: string[] = [];
  if (types.includes('integer') && !Number.isInteger(value))
    wrong.push(`${String(value)} is not a whole number`);
  if (types.includes('boolean') && typeof value !== 'boolean')
    wrong.push(`${String(value)} is not true or false`);
  if (typeof value === 'number') {
    if (typeof schema.minimum === 'number' && value < schema.minimum)
      wrong.push(`${value} is below ${schema.minimum}`);
    if (typeof schema.maximum === 'number' && value > schema.maximum)
      wrong.push(`${value} is above ${schema.maximum}`);
  }
  if (typeof value === 'string') {
    if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern).test(value))
      wrong.push(`"${value}" does not match ${schema.pattern}`);
    if (Array.isArray(schema.enum) && !schema.enum.includes(value))
      wrong.push(`"${value}" is none of the known values`);
    if (schema.format === 'date-time' && Number.isNaN(Date.parse(value))) wrong.push(`"${value}" is no time`);
    if (typeof schema.minLength === 'number' && value.length < schema.minLength) wrong.push('is too short');
  }
  return wrong;
}
