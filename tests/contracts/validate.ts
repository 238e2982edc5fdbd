import type { ContractDocument, Operation, Parameter } from './document';
import { coerce, type Nested, parseNested } from './form';

/** A request and its response, as sent over the wire. */
export interface Exchange {
  platform: string;
  method: string;
  /** The vendor's own path, without the sandbox's prefix. */
  path: string;
  /** Host of the request, for platforms with more than one. */
  host?: 'graph-video' | undefined;
  query: URLSearchParams;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
  status: number;
  answerType: string;
  answerHeaders: Record<string, string>;
  answer: string;
}

type Json = Record<string, unknown>;

/** Returns all differences between a request and the vendor's document. */
export async function checkRequest(
  document: ContractDocument,
  { operation, values }: { operation: Operation; values: Record<string, string> },
  exchange: Exchange,
): Promise<string[]> {
  const wrong: string[] = [];
  const check = (p: Parameter, raw: Nested) => {
    if (!p.schema) return;
    for (const error of document.check(p.pointer, coerce(document, p.schema, raw)))
      wrong.push(`${p.in} ${p.name}: ${error}`);
  };
  const query = parseNested(exchange.query);
  const declared = new Set<string>();
  for (const p of operation.parameters) {
    if (p.in === 'path') check(p, values[p.name] ?? '');
    if (p.in !== 'query') continue;
    declared.add(p.name);
    const given = query[p.name];
    if (given === undefined && p.required) wrong.push(`query ${p.name}: is required`);
    if (given !== undefined) check(p, given);
  }
  for (const name of Object.keys(query))
    if (!declared.has(name) && !EVERYWHERE[document.name]?.includes(name))
      wrong.push(`query ${name}: is not declared`);
  if (operation.secured && !exchange.headers.authorization && !exchange.headers['x-api-key'])
    wrong.push('no credentials were sent');
  wrong.push(...(await checkBody(document, operation, exchange)));
  return wrong;
}

/** Cursor paging parameters that the Graph API has on every edge. */
const EVERYWHERE: Record<string, string[]> = { facebook: ['after', 'before', 'since', 'until'] };

async function checkBody(
  document: ContractDocument,
  operation: Operation,
  exchange: Exchange,
): Promise<string[]> {
  if (exchange.body === undefined) return operation.body?.required ? ['a body is required'] : [];
  if (!operation.body) return ['a body was sent, but none is declared'];
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
  const value = parseNested(
    [...fields.entries()].map(([key, part]): [string, string] => [
      key,
      typeof part === 'string' ? part : 'binary',
    ]),
  );
  const properties = (content.schema.properties ?? {}) as Json;
  const open = Object.keys(properties).length === 0 && content.schema.additionalProperties !== false;
  return [
    ...Object.keys(value).flatMap((k) => (open || k in properties ? [] : [`form ${k}: is not declared`])),
    ...document.check(content.pointer, coerce(document, content.schema, value)).map((e) => `form ${e}`),
  ];
}

/** Returns all differences between a response and the vendor's document. */
export function checkAnswer(document: ContractDocument, operation: Operation, exchange: Exchange): string[] {
  const declared = operation.responses[String(exchange.status)] ?? operation.responses.default;
  if (!declared) {
    // Etsy's document omits its 429; the notes next to it describe it, in the shape of every other error.
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
    return ['the response is not JSON'];
  }
  return document.check(pointer, value).map((e) => `response ${exchange.status} ${e}`);
}
