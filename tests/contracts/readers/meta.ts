import { type Exchange, formFields, isJsonType, mediaType } from '../exchange';
import {
  type Contract,
  isObject,
  type Json,
  type PublishedOperation,
  parseJson,
  readContract,
} from './contract';

export interface MetaNode {
  apis: {
    method?: string;
    endpoint?: string;
    return?: string;
    params?: { name: string; type: string; required?: boolean }[];
  }[];
  fields: { name: string; type: string }[];
}
type Api = MetaNode['apis'][number];

/** What the specs do not say about an edge, such as the phases of an upload. Replaces the check of the response. */
export interface EdgeRules {
  request?(sent: Json, exchange: Exchange): string[];
  answer(body: Json, sent: Json): string[];
}
export interface MetaOptions {
  /** By method and edge: `POST videos`. */
  edges?: Readonly<Record<string, EdgeRules>>;
  /** Parameters whose value is a file; the specs call some of them strings. */
  files?: readonly string[];
}

/**
 * Reads the specs from which Meta generates its SDKs. `nodes` are those whose edges and fields are used, the most likely first, because a
 * path does not tell which node an id belongs to.
 */
export function metaSpecs(folder: string, nodes: readonly string[], options: MetaOptions = {}): MetaContract {
  const enums = readContract(`${folder}/enum_types.subset.json`) as { name: string; values: string[] }[];
  const read = (name: string): MetaNode | null => {
    try {
      return readContract(`${folder}/${name}.json`) as MetaNode;
    } catch {
      return null;
    }
  };
  return new MetaContract(nodes, read, new Map(enums.map(({ name, values }) => [name, values])), options);
}

/** Query parameters that the Graph API accepts everywhere. */
const EVERYWHERE = [
  'fields',
  'limit',
  'after',
  'before',
  'since',
  'until',
  'access_token',
  'appsecret_proof',
];
/** https://developers.facebook.com/docs/graph-api/using-graph-api */
const MAX_IDS = 50;

export class MetaContract implements Contract {
  readonly #nodes: MetaNode[];

  constructor(
    nodes: readonly string[],
    private readonly node: (name: string) => MetaNode | null,
    private readonly enums: ReadonlyMap<string, readonly string[]>,
    private readonly options: MetaOptions,
  ) {
    this.#nodes = nodes.flatMap((name) => node(name) ?? []);
  }

  find({ method, path, query }: Exchange): PublishedOperation | null {
    const [, , id = '', edge, ...rest] = path.split('/');
    if (!/^\/v\d+\.\d+\//.test(path) || rest.length > 0) return null;
    if (id === '') return method === 'GET' && query.has('ids') ? this.#objects() : null;
    for (const own of this.#nodes)
      for (const api of own.apis)
        if (api.method === method && (api.endpoint ?? '').replace(/^\//, '') === (edge ?? ''))
          if (edge !== undefined || this.#hasFields(own, query.get('fields')))
            return this.#edge(api, edge, own);
    return null;
  }

  #hasFields = (own: MetaNode, fields: string | null): boolean =>
    fieldNames(fields).every((name) => typesOf(own).has(name));

  #edge(api: Api, edge: string | undefined, own: MetaNode): PublishedOperation {
    const rules = this.options.edges?.[`${api.method} ${edge}`];
    const declared = new Map((api.params ?? []).map((p) => [p.name, p]));
    // The fields of the nodes that are returned. `Object` is none; the response only reports success.
    const shown = api.return === 'Object' ? null : edge === undefined ? own : this.node(api.return ?? '');
    return {
      id: edge === undefined ? `${api.method} node` : `${api.method} ${edge}`,
      request: async (exchange) => {
        const sent = await sentFields(exchange);
        const asked = [...exchange.query].filter(([name]) => !EVERYWHERE.includes(name));
        const all: Json = { ...Object.fromEntries(asked), ...sent };
        return [
          ...Object.entries(all).flatMap(([name, value]) =>
            this.#parameter(name, value, declared.get(name)?.type),
          ),
          ...[...declared.values()]
            .filter(({ name, required }) => required && !(name in all))
            .map(({ name }) => `${name}: is required`),
          ...fieldNames(exchange.query.get('fields'))
            .filter((name) => shown && !typesOf(shown).has(name))
            .map((name) => `unknown field ${name}`),
          ...credentials(exchange),
          ...(rules?.request?.(sent, exchange) ?? []),
        ];
      },
      answer: async (exchange) => {
        const body = parseJson(exchange.answer);
        if (exchange.status >= 400) return errorProblems(body);
        if (!isObject(body)) return ['the response is not an object'];
        if (rules) return rules.answer(body, await sentFields(exchange));
        if (api.return === 'Object') return body.success === true ? [] : ['response has no success'];
        if (api.method !== 'GET')
          return typeof body.id === 'string' || body.success === true ? [] : ['response has no id'];
        if (edge === undefined) return this.#fields(shown, body);
        if (!Array.isArray(body.data)) return ['response has no data'];
        return [...new Set(body.data.flatMap((item) => this.#fields(shown, item)))];
      },
    };
  }

  /** Several nodes by `ids`: the fields and edges of the last node, and a result under each id. */
  #objects(): PublishedOperation {
    const shown = this.#nodes.at(-1) ?? null;
    return {
      id: 'GET ids',
      request: (exchange) => {
        const ids = (exchange.query.get('ids') ?? '').split(',');
        return [
          ...[...exchange.query.keys()]
            .filter((name) => name !== 'ids' && !EVERYWHERE.includes(name))
            .map((name) => `${name}: is not declared`),
          ...(ids.length > MAX_IDS ? [`more than ${MAX_IDS} ids`] : []),
          ...fieldNames(exchange.query.get('fields'))
            .filter((name) => shown && !typesOf(shown).has(name))
            .map((name) => `unknown field ${name}`),
          ...credentials(exchange),
        ];
      },
      answer: (exchange) => {
        const body = parseJson(exchange.answer);
        if (exchange.status >= 400) return errorProblems(body);
        if (!isObject(body)) return ['the response is not an object'];
        const ids = (exchange.query.get('ids') ?? '').split(',');
        return [
          ...new Set(
            Object.entries(body).flatMap(([id, item]) => [
              ...(ids.includes(id) ? [] : [`response ${id}: was not requested`]),
              ...this.#fields(shown, item),
            ]),
          ),
        ];
      },
    };
  }

  #parameter(name: string, value: unknown, type: string | undefined): string[] {
    if (this.options.files?.includes(name) || type === 'file')
      return value instanceof Blob && value.size > 0 ? [] : [`${name}: is not a file`];
    if (type === undefined) return [`${name}: is not declared`];
    const typed = typeof value === 'string' ? fromText(type, value) : value;
    return this.#isOf(type, typed) ? [] : [`${name}: is not of type ${type}`];
  }

  #fields(shown: MetaNode | null, item: unknown): string[] {
    if (!isObject(item)) return ['the response has something else than an object'];
    if (!shown) return [];
    const types = typesOf(shown);
    return Object.entries(item).flatMap(([name, value]) => {
      const type = types.get(name);
      if (type === undefined) return [`response ${name}: unknown field`];
      return this.#isOf(type, value) ? [] : [`response ${name}: is not of type ${type}`];
    });
  }

  #isOf(type: string, value: unknown): boolean {
    const inner = /^list<(.+)>$/.exec(type)?.[1];
    if (inner !== undefined)
      return Array.isArray(value) && (PLAIN[inner] === undefined || value.every((v) => this.#isOf(inner, v)));
    const plain = PLAIN[type];
    if (plain) return plain(value);
    const values = this.enums.get(type);
    if (values) return values.includes(String(value));
    return type.endsWith('_enum_param')
      ? typeof value === 'string'
      : typeof value === 'object' && value !== null;
  }
}

const PLAIN: Record<string, (value: unknown) => boolean> = {
  string: (v) => typeof v === 'string',
  bool: (v) => typeof v === 'boolean',
  int: (v) => Number.isInteger(v),
  'unsigned int': (v) => Number.isInteger(v) && Number(v) >= 0,
  float: (v) => typeof v === 'number',
  datetime: (v) => typeof v === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/.test(v),
  list: (v) => Array.isArray(v),
};

/** Types of the fields of a node. An edge can be requested like a field. */
function typesOf({ fields, apis }: MetaNode): Map<string, string> {
  const types = new Map(fields.map((f) => [f.name, f.type]));
  for (const { method, endpoint } of apis)
    if (method === 'GET' && endpoint) types.set(endpoint.replace(/^\//, ''), 'edge');
  return types;
}

/** Returns the outermost fields: of `a,b{c{d}},e.limit(0)`, these are a, b and e. */
function fieldNames(fields: string | null): string[] {
  let plain = fields ?? '';
  for (let before = ''; before !== plain; ) {
    before = plain;
    plain = plain.replace(/\{[^{}]*\}|\([^()]*\)/g, '');
  }
  return plain
    .split(',')
    .filter(Boolean)
    .map((field) => field.split('.')[0] ?? '');
}

async function sentFields(exchange: Exchange): Promise<Json> {
  if (exchange.body === undefined || exchange.body.length === 0) return {};
  if (!isJsonType(mediaType(exchange.headers['content-type'])))
    return Object.fromEntries(await formFields(exchange));
  const body = parseJson(String(exchange.body));
  return isObject(body) ? body : {};
}

/** Parses a value of a form or query, which is always a string. */
function fromText(type: string, value: string): unknown {
  if (type === 'bool' && (value === 'true' || value === 'false')) return value === 'true';
  if (/^(?:unsigned int|int|float)$/.test(type) && /^-?\d+(?:\.\d+)?$/.test(value)) return Number(value);
  if (/^(?:list|map)\b/.test(type)) return parseJson(value) ?? value.split(',');
  return type === 'string' || PLAIN[type] || type.endsWith('_enum_param')
    ? value
    : (parseJson(value) ?? value);
}

const credentials = ({ headers, query }: Exchange): string[] =>
  headers.authorization || query.has('access_token') ? [] : ['no credentials were sent'];

function errorProblems(body: unknown): string[] {
  const { code, message } = ((isObject(body) ? body.error : undefined) ?? {}) as Json;
  return [
    ...(typeof code === 'number' ? [] : ['response has no error with a code']),
    ...(typeof message === 'string' ? [] : ['response has no error with a message']),
  ];
}
