import { type Exchange, isJsonType, mediaType } from '../exchange';
import {
  type Contract,
  isObject,
  type Json,
  type PublishedOperation,
  parseJson,
  readContract,
} from './contract';

interface Saved {
  name: string;
  item?: Saved[];
  request?: {
    method: string;
    header?: { key: string; disabled?: boolean }[];
    body?: { mode?: string; raw?: string };
    url: { path?: string[]; query?: { key: string; value: string | null }[] };
  };
  response?: { code: number; body?: string }[];
}

/**
 * Reads a Postman collection: paths, query parameters, headers, statuses, and the fields of bodies where these are samples and not
 * placeholders. It says nothing about required fields and types that no sample shows. `base` is what `{{baseUrl}}` stands for.
 */
export const postman = (file: string, base = ''): PostmanContract =>
  new PostmanContract(readContract(file) as Json, base);

export class PostmanContract implements Contract {
  readonly #saved: Required<Pick<Saved, 'name' | 'request' | 'response'>>[];

  constructor(
    collection: Json,
    private readonly base: string,
  ) {
    const walk = (items: readonly Saved[]): Saved[] => items.flatMap((one) => [one, ...walk(one.item ?? [])]);
    this.#saved = walk(collection.item as Saved[]).flatMap(({ name, request, response = [] }) =>
      request ? [{ name, request, response }] : [],
    );
  }

  /** Requests with the same path differ by their query (`action=…`, `ids=…`); the one that shares most of it wins. */
  find(exchange: Exchange): PublishedOperation | null {
    const found = this.#saved
      .filter(
        ({ request }) =>
          request.method === exchange.method && this.#matches(request.url.path ?? [], exchange.path),
      )
      .map((saved) => {
        const keys = (saved.request.url.query ?? []).map(({ key }) => key);
        const given = [...exchange.query.keys()];
        return { saved, keys, shared: keys.filter((key) => given.includes(key)).length };
      })
      .sort((a, b) => b.shared - a.shared || a.keys.length - b.keys.length)[0];
    if (!found) return null;
    const { saved, keys } = found;
    return {
      id: saved.name,
      request: ({ query, headers, body }) => [
        ...[...new Set(query.keys())]
          .filter((key) => !keys.includes(key))
          .map((key) => `query ${key}: is not declared`),
        ...(saved.request.header ?? [])
          .filter(
            ({ key, disabled }) =>
              !disabled && !STANDARD.test(key) && headers[key.toLowerCase()] === undefined,
          )
          .map(({ key }) => `header ${key}: is required`),
        ...(headers.authorization ? [] : ['no credentials were sent']),
        ...(isJsonType(mediaType(headers['content-type']))
          ? bySample('body', saved.request.body?.raw, String(body ?? ''))
          : []),
      ],
      answer: ({ status, answer }) => {
        const samples = saved.response.filter(({ code }) => code === status);
        if (status < 400 && saved.response.length > 0 && samples.length === 0)
          return [`status ${status} is not declared`];
        return bySample(`response ${status}`, samples[0]?.body, answer);
      },
    };
  }

  #matches(path: readonly string[], asked: string): boolean {
    const given = asked.split('/').slice(1);
    const saved = [...this.base.split('/').filter(Boolean), ...path.filter((part) => part !== '')];
    return (
      saved.length === given.length && saved.every((part, i) => part.startsWith(':') || part === given[i])
    );
  }
}

const STANDARD = /^(?:accept|authorization|content-type|content-length|host|user-agent)$/i;

/** Compares a body with a sample: fields that the sample lacks, and values of another type. A placeholder says nothing. */
function bySample(what: string, sample: string | undefined, sent: string): string[] {
  const shown = parseJson(sample ?? '');
  if (!isObject(shown)) return [];
  const value = parseJson(sent);
  if (!isObject(value)) return [`${what} is not an object`];
  return compare(shown, value, '').map((wrong) => `${what} ${wrong}`);
}

const PLACEHOLDER = /^<\w+>$/;
const ofPlaceholder: Record<string, string> = {
  '<string>': 'string',
  '<boolean>': 'boolean',
  '<number>': 'number',
  '<integer>': 'number',
  '<long>': 'number',
};

function compare(sample: Json, value: Json, at: string): string[] {
  return Object.entries(value).flatMap(([key, field]) => {
    const here = `${at}/${key}`;
    if (!(key in sample)) return [`${here}: is not declared`];
    const shown = sample[key];
    if (shown === null || field === null) return [];
    const type = typeof shown === 'string' && PLACEHOLDER.test(shown) ? ofPlaceholder[shown] : typeof shown;
    if (type !== undefined && typeof field !== type) return [`${here}: is not of type ${type}`];
    return isObject(shown) && isObject(field) ? compare(shown, field, here) : [];
  });
}
