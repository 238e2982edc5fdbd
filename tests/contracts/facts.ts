import { readContract } from './document';
import type { Exchange } from './validate';

export interface Wrong {
  request: string[];
  answer: string[];
}
type Json = Record<string, unknown>;

/**
 * Checks an exchange against the facts published alongside the OpenAPI documents: `oauth.json` for token endpoints, and Meta's own list of
 * nodes and edges. Returns null if neither covers it.
 */
export function checkByFacts(exchange: Exchange): Wrong | null | Promise<Wrong> {
  return exchange.platform === 'facebook' ? checkEdge(exchange) : checkTokens(exchange);
}

interface Node {
  apis: { method?: string; endpoint?: string; return?: string; params?: { name: string; type: string }[] }[];
  fields: { name: string; type: string }[];
}
const node = (name: string) => readContract(`meta/api_specs/${name}.json`) as Node;
/** Query parameters that the Graph API accepts on every edge that is read. */
const PAGING = ['fields', 'limit', 'after', 'before', 'since', 'until', 'access_token', 'appsecret_proof'];

/** Checks a request to an edge of a Page or user: its parameters, the requested fields, and the types of the returned fields. */
function checkEdge(exchange: Exchange): Wrong | null | Promise<Wrong> {
  if (exchange.path.split('/')[2] === '' && exchange.query.has('ids')) return checkObjects(exchange);
  const edge = exchange.path.split('/')[3];
  if (exchange.method === 'POST' && (edge === 'photos' || edge === 'videos'))
    return checkUpload(exchange, edge);
  const known = [...node('Page').apis, ...node('User').apis, ...node('PagePost').apis].find(
    (a) => a.method === exchange.method && a.endpoint?.replace(/^\//, '') === edge,
  );
  if (!known) return null;
  // `Object` is not a node; the response only reports success.
  const plain = known.return === 'Object';
  const { fields, apis } = plain ? { fields: [], apis: [] } : node(known.return ?? 'PagePost');
  const types = new Map(fields.map((f) => [f.name, f.type]));
  // An edge can be requested like a field.
  for (const a of apis) if (a.endpoint) types.set(a.endpoint.replace(/^\//, ''), 'edge');
  const params = [...(known.params ?? []).map((p) => p.name), ...PAGING];
  const asked = outermost(exchange.query.get('fields') ?? '')
    .split(',')
    .filter(Boolean);
  const request = [
    ...[...exchange.query.keys()]
      .filter((k) => !params.includes(k))
      .map((k) => `query ${k}: is not declared`),
    ...asked.filter((f) => !types.has(f)).map((f) => `unknown field ${f}`),
    ...(exchange.headers.authorization || exchange.query.has('access_token')
      ? []
      : ['no credentials were sent']),
  ];
  const body = JSON.parse(exchange.answer) as { data?: Json[]; error?: Json };
  if (exchange.status >= 400)
    return {
      request,
      answer: typeof body.error?.code === 'number' ? [] : ['response has no error with a code'],
    };
  if (plain)
    return { request, answer: 'success' in body && body.success === true ? [] : ['response has no success'] };
  if (exchange.method === 'POST') {
    const sent = Object.keys(JSON.parse(String(exchange.body ?? '{}')) as Json);
    return {
      request: [
        ...request,
        ...sent.filter((name) => !params.includes(name)).map((name) => `body ${name}: is not declared`),
      ],
      // The response to a creation is the new id.
      answer: typeof (body as Json).id === 'string' ? [] : ['response has no id'],
    };
  }
  if (!Array.isArray(body.data)) return { request, answer: ['response has no data'] };
  const answer = body.data.flatMap((item) =>
    Object.entries(item).flatMap(([name, value]) => {
      const type = types.get(name);
      if (!type) return [`response ${name}: unknown field`];
      return isOf(type, value) ? [] : [`response ${name}: is not of type ${type}`];
    }),
  );
  return { request, answer: [...new Set(answer)] };
}

/** Removes nested fields: `a,b{c{d}}` becomes `a,b`. */
function outermost(fields: string): string {
  const without = fields.replace(/\{[^{}]*\}/g, '');
  return without === fields ? fields : outermost(without);
}

/**
 * Parameters whose value is a file. `source` is the file itself: https://developers.facebook.com/docs/graph-api/reference/page/photos.
 * Meta's list declares chunks as strings.
 */
const FILE_PARTS = ['source', 'video_file_chunk'];
const OFFSETS = ['start_offset', 'end_offset'];
/** Parameters and response fields of each phase of a video upload: https://developers.facebook.com/docs/graph-api/video-uploads. */
const PHASES: Record<string, { needs: string[]; answers: string[] }> = {
  start: { needs: ['file_size'], answers: ['upload_session_id', 'video_id', ...OFFSETS] },
  transfer: { needs: ['upload_session_id', 'start_offset', 'video_file_chunk'], answers: OFFSETS },
  finish: { needs: ['upload_session_id'], answers: ['success'] },
};
const PHOTO = { needs: ['source'], answers: ['id'] };

/** Checks the upload of a photo or a phase of a video upload: the parameters and types that Meta lists for the edge, and the response. */
async function checkUpload(exchange: Exchange, edge: string): Promise<Wrong> {
  const known = node('Page').apis.find((a) => a.method === 'POST' && a.endpoint?.replace(/^\//, '') === edge);
  const types = new Map((known?.params ?? []).map((p) => [p.name, p.type]));
  const contentType = exchange.headers['content-type'] ?? '';
  const form = contentType.startsWith('multipart/form-data');
  const sent: Json = form
    ? Object.fromEntries(
        await new Response(exchange.body as BodyInit, {
          headers: { 'content-type': contentType },
        }).formData(),
      )
    : (JSON.parse(String(exchange.body ?? '{}')) as Json);
  const terms = edge === 'photos' ? PHOTO : PHASES[String(sent.upload_phase)];
  const request = [
    ...Object.entries(sent).flatMap(([name, value]) => {
      if (FILE_PARTS.includes(name))
        return value instanceof Blob && value.size > 0 ? [] : [`body ${name}: is not a file`];
      const type = types.get(name);
      if (!type) return [`body ${name}: is not declared`];
      return isOf(type, form ? fromText(type, value) : value) ? [] : [`body ${name}: is not of type ${type}`];
    }),
    ...(terms ? [] : ['upload_phase is invalid']),
    ...(terms?.needs ?? []).flatMap((name) => (name in sent ? [] : [`body ${name}: is required`])),
    // Videos have their own host, as documented on the page above.
    ...((edge === 'videos') === (exchange.host === 'graph-video') ? [] : ['sent to the wrong host']),
    ...(exchange.headers.authorization ? [] : ['no credentials were sent']),
  ];
  const body = JSON.parse(exchange.answer) as Json;
  if (exchange.status >= 400) return { request, answer: graphErrorProblems(body.error) };
  return {
    request,
    answer: (terms?.answers ?? []).flatMap((name) =>
      ANSWERS[name]?.(body[name]) ? [] : [`response ${name}: ${name in body ? 'is invalid' : 'is missing'}`],
    ),
  };
}

const isNumber = (value: unknown) => typeof value === 'string' && /^\d+$/.test(value);
/** Checks of response fields. According to the page above, ids and offsets are strings of digits. */
const ANSWERS: Record<string, (value: unknown) => boolean> = {
  id: isNumber,
  upload_session_id: isNumber,
  video_id: isNumber,
  start_offset: isNumber,
  end_offset: isNumber,
  success: (value) => value === true,
};

/** Parses the value of a form field, which is always a string. */
function fromText(type: string, value: unknown): unknown {
  if (type === 'bool' && (value === 'true' || value === 'false')) return value === 'true';
  return type === 'unsigned int' && isNumber(value) ? Number(value) : value;
}

/** `error_data` with the offsets is documented at https://developers.facebook.com/docs/video-api/reference/error-codes. */
function graphErrorProblems(error: unknown): string[] {
  const { code, message, error_subcode: subcode, error_data: data } = (error ?? {}) as Json;
  const places = (data ?? {}) as Json;
  return [
    ...(typeof code === 'number' ? [] : ['response has no error with a code']),
    ...(typeof message === 'string' ? [] : ['response has no error with a message']),
    ...(subcode === 1363037 && OFFSETS.some((name) => !Number.isInteger(places[name]))
      ? ['response has no offsets in error_data']
      : []),
  ];
}

/**
 * Checks a request for several posts by `ids` (https://developers.facebook.com/docs/graph-api/using-graph-api): at most 50 ids, fields and
 * edges of a Page's post, and a result under each id.
 */
function checkObjects(exchange: Exchange): Wrong {
  const { fields, apis } = node('PagePost');
  const types = new Map(fields.map((f) => [f.name, f.type]));
  for (const a of apis)
    if (a.method === 'GET' && a.endpoint) types.set(a.endpoint.replace(/^\//, ''), 'edge');
  const ids = (exchange.query.get('ids') ?? '').split(',');
  const asked = (exchange.query.get('fields') ?? '').split(',').map((f) => f.split('.')[0] ?? '');
  const request = [
    ...(exchange.method === 'GET' ? [] : ['must be a GET']),
    ...[...exchange.query.keys()].flatMap((k) =>
      ['ids', 'fields', 'access_token'].includes(k) ? [] : [`query ${k}: is not declared`],
    ),
    ...(ids.length > 50 ? ['more than 50 ids'] : []),
    ...asked.filter((f) => !types.has(f)).map((f) => `unknown field ${f}`),
    ...(exchange.headers.authorization ? [] : ['no credentials were sent']),
  ];
  const body = JSON.parse(exchange.answer) as Record<string, Json>;
  if (exchange.status >= 400)
    return {
      request,
      answer: typeof body.error?.code === 'number' ? [] : ['response has no error with a code'],
    };
  const answer = Object.entries(body).flatMap(([id, item]) => [
    ...(ids.includes(id) ? [] : [`response ${id}: was not requested`]),
    ...Object.entries(item).flatMap(([name, value]) => {
      const type = types.get(name);
      if (!type) return [`response ${name}: unknown field`];
      return isOf(type, value) ? [] : [`response ${name}: is not of type ${type}`];
    }),
  ]);
  return { request, answer: [...new Set(answer)] };
}

function isOf(type: string, value: unknown): boolean {
  if (type === 'string') return typeof value === 'string';
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'unsigned int') return Number.isInteger(value) && Number(value) >= 0;
  if (type.endsWith('_enum_param')) return typeof value === 'string';
  if (type === 'datetime')
    return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/.test(value);
  if (type.startsWith('list')) return Array.isArray(value);
  return typeof value === 'object' && value !== null;
}

interface Terms {
  token_url: string;
  revoke_url?: string;
  client_auth: string;
  pkce?: string;
  access_token_ttl_s: number | null;
  refresh_token?: string;
  refresh_rotates?: boolean;
  token_format?: string;
}

/** Checks a token endpoint against `oauth.json`, and against RFC 6749 and 7009 where that specifies nothing. */
function checkTokens(exchange: Exchange): Wrong | null {
  const { platforms } = readContract('oauth.json') as { platforms: Record<string, Terms> };
  const terms = platforms[exchange.platform];
  const revokes = terms?.revoke_url !== undefined && exchange.path === new URL(terms.revoke_url).pathname;
  if (!terms || !(revokes || exchange.path === new URL(terms.token_url).pathname)) return null;
  const request: string[] = [];
  if (exchange.method !== 'POST') request.push('must be a POST');
  if (!exchange.headers['content-type']?.startsWith('application/x-www-form-urlencoded'))
    request.push('must be a form');
  const form = new URLSearchParams(String(exchange.body ?? ''));
  const basic = exchange.headers.authorization?.startsWith('Basic ');
  if (terms.client_auth.startsWith('basic') ? !basic : !form.get('client_id'))
    request.push('the client is not identified as documented');
  if (terms.client_auth.includes('no secret') && form.has('client_secret'))
    request.push('the secret must not be sent');
  const needed = revokes
    ? ['token']
    : {
        authorization_code: ['code', 'redirect_uri', ...(terms.pkce === 'required' ? ['code_verifier'] : [])],
        refresh_token: ['refresh_token'],
      }[form.get('grant_type') ?? ''];
  if (!needed) request.push(`grant_type ${form.get('grant_type')} is not documented`);
  for (const field of needed ?? []) if (!form.get(field)) request.push(`${field} is missing`);

  const body = JSON.parse(exchange.answer) as Json;
  if (exchange.status !== 200)
    return {
      request,
      answer: typeof body.error === 'string' ? [] : ['the response is not an error response (RFC 6749, 5.2)'],
    };
  return { request, answer: revokes ? [] : tokenAnswer(terms, form, body, exchange) };
}

function tokenAnswer(terms: Terms, form: URLSearchParams, body: Json, exchange: Exchange): string[] {
  const wrong: string[] = [];
  const { access_token: access, refresh_token: refresh } = body;
  if (typeof access !== 'string' || !/^bearer$/i.test(String(body.token_type)))
    wrong.push('the response is not a token response (RFC 6749, 5.1)');
  if (terms.access_token_ttl_s !== null && body.expires_in !== terms.access_token_ttl_s)
    wrong.push(`expires_in must be ${terms.access_token_ttl_s}`);
  if (terms.token_format?.startsWith('<user id>.') && !/^\d+\..+/.test(String(access)))
    wrong.push(`the token must be ${terms.token_format}`);
  const offline = !terms.refresh_token || String(body.scope).split(' ').includes('offline.access');
  if (offline && typeof refresh !== 'string') wrong.push('refresh_token is missing');
  if (terms.refresh_rotates && refresh !== undefined && refresh === form.get('refresh_token'))
    wrong.push('the refresh token must be a new one');
  if (!/no-store/.test(exchange.answerHeaders['cache-control'] ?? ''))
    wrong.push('cache-control must be no-store (RFC 6749, 5.1)');
  return wrong;
}
