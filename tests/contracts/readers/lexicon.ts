import { readdirSync } from 'node:fs';
import {
  jsonToLex,
  type LexiconDoc,
  Lexicons,
  type LexUserType,
  type LexXrpcProcedure,
  type LexXrpcQuery,
} from '@atproto/lexicon';
import { type Exchange, isJsonType, mediaType } from '../exchange';
import {
  type Contract,
  contractFile,
  isObject,
  type Json,
  type PublishedOperation,
  parseJson,
  readContract,
} from './contract';

/** Reads all lexicons below a folder. */
export function lexicons(folder: string): LexiconContract {
  const files = readdirSync(contractFile(folder), { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.json'),
  );
  return new LexiconContract(files.map((file) => readContract(`${folder}/${file}`) as LexiconDoc));
}

/** Errors that any method may return: https://atproto.com/specs/xrpc#error-responses */
const EVERYWHERE = [
  'InvalidRequest',
  'InvalidToken',
  'ExpiredToken',
  'AuthenticationRequired',
  'AuthMissing',
  'AuthFactorTokenRequired',
  'Forbidden',
  'NotFound',
  'MethodNotImplemented',
  'PayloadTooLarge',
  'RateLimitExceeded',
  'InternalServerError',
  'UpstreamFailure',
  'NotEnoughResources',
  'UpstreamTimeout',
  'RecordNotFound',
];

export class LexiconContract implements Contract {
  readonly #all: Lexicons;

  constructor(documents: readonly LexiconDoc[]) {
    this.#all = new Lexicons(documents);
  }

  /** A query must be a GET and a procedure a POST. */
  find({ method, path }: Exchange): PublishedOperation | null {
    const id = /^\/xrpc\/([\w.-]+)$/.exec(path)?.[1] ?? '';
    const known = id === '' ? undefined : this.#definition(id);
    if (known?.type !== 'query' && known?.type !== 'procedure') return null;
    if (method !== (known.type === 'query' ? 'GET' : 'POST')) return null;
    return {
      id,
      request: (exchange) => this.#request(id, known, exchange),
      answer: (exchange) => this.#answer(id, known, exchange),
    };
  }

  #definition(id: string): LexUserType | undefined {
    try {
      return this.#all.getDef(id);
    } catch {
      return undefined;
    }
  }

  #request(id: string, known: LexXrpcQuery | LexXrpcProcedure, exchange: Exchange): string[] {
    const declared = known.parameters?.properties ?? {};
    const wrong = [...new Set(exchange.query.keys())]
      .filter((name) => !(name in declared))
      .map((name) => `query ${name}: is not declared`);
    const params = Object.fromEntries(
      Object.entries(declared).flatMap(([name, schema]) => {
        const given = exchange.query.getAll(name);
        if (given.length === 0) return [];
        const typed = (type: string) => given.map((value) => fromText(type, value));
        return [[name, schema.type === 'array' ? typed(schema.items.type) : typed(schema.type)[0]]];
      }),
    );
    wrong.push(...said('query', () => this.#all.assertValidXrpcParams(id, params)));
    const input = known.type === 'procedure' ? known.input : undefined;
    const sent = exchange.body !== undefined && exchange.body.length > 0;
    if (!input) return sent ? [...wrong, 'a body was sent, but none is declared'] : wrong;
    if (!sent) return [...wrong, 'a body is required'];
    const type = mediaType(exchange.headers['content-type']);
    if (!isOfEncoding(input.encoding, type))
      return [...wrong, `content type ${type} is not declared (${input.encoding})`];
    if (!isJsonType(input.encoding)) return wrong;
    const value = parseJson(String(exchange.body));
    if (!isObject(value)) return [...wrong, 'the body is not JSON'];
    wrong.push(
      ...said('body', () => this.#all.assertValidXrpcInput(id, jsonToLex(value as never))),
      ...undeclared(input.schema, value).map((name) => `body /${name}: is not declared`),
      ...this.#record(value),
    );
    return wrong;
  }

  /** The lexicon of a method says nothing about the record in its body, but the record names its own. */
  #record({ collection, record }: Json): string[] {
    if (typeof collection !== 'string' || !isObject(record)) return [];
    const kind = record.$type ?? collection;
    const wrong = kind === collection ? [] : [`body /record/$type: is not ${collection}`];
    const known = this.#definition(collection);
    if (known?.type !== 'record') return [...wrong, `body /collection: ${collection} is not a record`];
    return [
      ...wrong,
      ...said('body /record', () =>
        this.#all.assertValidRecord(collection, jsonToLex({ ...record, $type: collection } as never)),
      ),
      ...undeclared(known.record, record)
        .filter((name) => name !== '$type')
        .map((name) => `body /record/${name}: is not declared`),
    ];
  }

  #answer(id: string, known: LexXrpcQuery | LexXrpcProcedure, exchange: Exchange): string[] {
    const { status } = exchange;
    const value = parseJson(exchange.answer);
    if (status >= 400) {
      if (!isObject(value) || typeof value.error !== 'string') return ['response has no error'];
      const declared = [...EVERYWHERE, ...(known.errors ?? []).map(({ name }) => name)];
      return declared.includes(value.error) ? [] : [`response error ${value.error}: is not declared`];
    }
    if (status !== 200) return [`status ${status} is not declared`];
    const { output } = known;
    if (!output) return exchange.answer === '' ? [] : ['status 200 has no content'];
    const type = mediaType(exchange.answerType);
    if (!isOfEncoding(output.encoding, type)) return [`content type ${type} of status 200 is not declared`];
    if (!output.schema) return [];
    if (!isObject(value)) return ['the response is not JSON'];
    return [
      ...said(`response ${status}`, () => this.#all.assertValidXrpcOutput(id, jsonToLex(value as never))),
      ...undeclared(output.schema, value).map((name) => `response ${status} /${name}: is not declared`),
    ];
  }
}

/** Objects of lexicons are open, so that they can grow, but what we send and simulate has only the fields that exist today. */
function undeclared(schema: { type: string } | undefined, value: Json): string[] {
  if (schema?.type !== 'object') return [];
  const { properties = {} } = schema as { properties?: Json };
  return Object.keys(value).filter((name) => !(name in properties));
}

/** Runs a check of the library, which throws the first difference it finds. */
function said(what: string, check: () => unknown): string[] {
  try {
    check();
    return [];
  } catch (error) {
    return [`${what} ${error instanceof Error ? error.message : String(error)}`];
  }
}

const isOfEncoding = (declared: string, type: string): boolean =>
  declared === '*/*' ||
  declared
    .split(',')
    .some((one) => one.trim().replace('/*', '/') === (one.includes('/*') ? `${type.split('/')[0]}/` : type));

function fromText(type: string, value: string): unknown {
  if (type === 'integer' && /^-?\d+$/.test(value)) return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  return value;
}
