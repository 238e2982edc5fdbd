import { gzipSync } from 'node:zlib';
import type { Answer } from './client';
import type { Target } from './routes';

/** A request and the expected response. */
export interface Attack {
  name: string;
  pieces: Iterable<string | Buffer>;
  /** Returns what is wrong with the response, or null. A 5xx is always wrong, and so is no response unless `mayClose` is set. */
  judge?: (answer: Answer) => string | null;
  /** Whether the server may close the connection without a response. */
  mayClose?: boolean;
  /** Milliseconds between the pieces. */
  everyMs?: number;
  timeoutMs?: number;
  /** Local address to connect from, if not the default. */
  from?: string;
}

const MIB = 1024 * 1024;
/** Built once instead of once per path. */
const DEEP = '['.repeat(200_000);
const DEEP_TO_ITS_END = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
const WIDE = `[${'0,'.repeat(100_000)}0]`;
const WIDE_WITHIN = `{"0":{"json":{"ids":[${'{"a":[]},'.repeat(50_000)}0]}}}`;
const SMALL_PIECES = Buffer.from('1\r\na\r\n'.repeat(10_000));
const PIECE = chunk(Buffer.alloc(256 * 1024, 'a'));
/** 32 MiB of zeros, compressed to a few KiB. */
const BOMB = gzipSync(Buffer.alloc(32 * MIB));
const EVIL = 'evil.example';
/** A body of this size once crashed the process. */
const HUGE = 160 * MIB;
/** How much of a refused body may be sent before the refusal arrives: the buffers of two sockets. */
const IN_FLIGHT = 16 * MIB;

export const head = (
  method: string,
  path: string,
  host: string,
  headers: Record<string, string> = {},
): string => {
  const lines = { Host: host, Connection: 'close', ...headers };
  return `${method} ${path} HTTP/1.1\r\n${Object.entries(lines)
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('')}\r\n`;
};
function chunk(body: string | Buffer): Buffer {
  const size = Buffer.from(`${body.length.toString(16)}\r\n`);
  return Buffer.concat([size, Buffer.from(body), Buffer.from('\r\n')]);
}

function* huge(first: string, bytes: number): Iterable<string | Buffer> {
  yield first;
  for (let sent = 0; sent < bytes; sent += PIECE.length) yield PIECE;
  yield '0\r\n\r\n';
}
function* tiny(first: string, count: number): Iterable<string | Buffer> {
  yield first;
  for (let sent = 0; sent < count; sent += 10_000) yield SMALL_PIECES;
  yield '0\r\n\r\n';
}
function* longChunk(first: string, start: string, piece: string, bytes: number): Iterable<string> {
  yield `${first}${start}`;
  for (let sent = 0; sent < bytes; sent += piece.length) yield piece;
  yield '\r\n\r\n';
}
function* repeated(first: string, piece: string, times: number): Iterable<string> {
  yield first;
  for (let i = 0; i < times; i++) yield piece;
}

const refusedWith =
  (...statuses: number[]) =>
  ({ status }: Answer) =>
    statuses.includes(status) ? null : `responded ${status} instead of ${statuses.join(' or ')}`;
const isRefusal = ({ status }: Answer) =>
  status >= 400 && status < 500 ? null : `responded ${status} instead of a refusal`;
const refusedEarly = (answer: Answer) =>
  isRefusal(answer) ??
  (answer.sent > IN_FLIGHT ? `accepted ${Math.round(answer.sent / MIB)} MiB before refusing` : null);

/** Headers that a signed-in browser, a platform's client and Inngest would send, all forged. */
const FORGED: Record<string, string> = {
  Cookie: 'authjs.session-token=forged.forged.forged',
  Authorization: 'Bearer forged',
  'stripe-signature': 't=1,v1=00',
  'x-inngest-signature': 't=1&s=00',
};

/** Names of the requests that are sent to all paths of a route; the others are sent only to its first path. */
const BRIEF =
  /^(GET|POST) |huge|^broken JSON|^deep JSON|^a truncated form|^a nonsense query|another origin|^the same request/;

/** The fast requests for one path of a target. */
export function quick(target: Target, path: string, host: string): Attack[] {
  const all = everything(target, path, host);
  return path === target.paths[0] ? all : all.filter(({ name }) => BRIEF.test(name));
}

function everything(target: Target, path: string, host: string): Attack[] {
  const at = (method: string, headers: Record<string, string> = {}, body = '', where = path): string[] => [
    head(method, where, host, {
      ...(body ? { 'Content-Length': String(Buffer.byteLength(body)) } : {}),
      ...headers,
    }),
    body,
  ];
  const query = path.includes('?') ? '&' : '?';
  const closed = (answer: Answer) =>
    !target.open && answer.status === 200 ? 'admits an unauthenticated client' : leaks(answer);
  const json = { 'Content-Type': 'application/json' };
  const chunked = { 'Transfer-Encoding': 'chunked' };
  const form = { 'Content-Type': 'multipart/form-data; boundary=Zq7r8Zq7r8' };
  const odd = 'a\\u0000\\ud800\\uffff\u202e';
  return [
    ...['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => ({
      name: `${method} without a sign-in`,
      pieces: at(method),
      judge: method === 'OPTIONS' ? leaks : closed,
    })),
    ...['TRACE', 'PROPFIND', 'CONNECT'].map((method) => ({
      name: method,
      pieces: at(method),
      judge: isRefusal,
      mayClose: true,
    })),
    { name: 'GET with forged credentials', pieces: at('GET', FORGED), judge: closed },
    { name: 'POST with forged credentials', pieces: at('POST', FORGED, 'a=b'), judge: closed },
    {
      name: 'a huge Content-Length',
      pieces: at('POST', { 'Content-Length': String(HUGE) }),
      judge: isRefusal,
    },
    {
      name: 'a huge Content-Length with forged credentials and Expect: 100-continue',
      pieces: at('POST', { ...FORGED, 'Content-Length': String(HUGE), Expect: '100-continue' }),
      judge: isRefusal,
    },
    {
      name: 'a huge chunked body',
      pieces: huge(head('POST', path, host, { ...FORGED, ...chunked, Cookie: '', Authorization: '' }), HUGE),
      judge: refusedEarly,
    },
    {
      name: 'a huge chunked body with forged credentials',
      pieces: huge(head('POST', path, host, { ...FORGED, ...chunked }), HUGE),
      judge: refusedEarly,
    },
    {
      name: 'a GET with a huge body',
      pieces: huge(head('GET', path, host, chunked), HUGE),
      judge: refusedEarly,
    },
    {
      name: 'one-byte chunks',
      pieces: tiny(head('POST', path, host, chunked), MIB + 10_000),
      judge: refusedEarly,
    },
    {
      name: 'a compressed body',
      pieces: at('POST', { 'Content-Encoding': 'gzip' }, 'x'),
      judge: refusedWith(415),
    },
    {
      name: 'a gzip transfer encoding',
      pieces: at('POST', { 'Transfer-Encoding': 'gzip, chunked' }),
      judge: isRefusal,
    },
    {
      name: 'two Content-Length headers',
      pieces: [`POST ${path} HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab`],
      judge: isRefusal,
    },
    {
      name: 'Content-Length together with chunked encoding',
      pieces: at('POST', { 'Content-Length': '3', ...chunked }, ''),
      judge: isRefusal,
    },
    {
      name: 'an invalid chunk size',
      pieces: [head('POST', path, host, chunked), 'zz\r\n'],
      judge: isRefusal,
    },
    {
      name: 'a huge chunk extension',
      pieces: longChunk(head('POST', path, host, chunked), '1;a=', 'a'.repeat(64 * 1024), 4 * MIB),
      judge: refusedEarly,
      mayClose: true,
    },
    {
      name: 'huge trailers',
      pieces: longChunk(head('POST', path, host, chunked), '0\r\n', 'x-a: aaaa\r\n'.repeat(6000), 4 * MIB),
      judge: refusedEarly,
      mayClose: true,
    },
    {
      name: 'a decompression bomb',
      pieces: [
        head('POST', path, host, {
          ...json,
          'Content-Encoding': 'gzip',
          'Content-Length': String(BOMB.length),
        }),
        BOMB,
      ],
      judge: refusedWith(415),
    },
    {
      name: 'Expect: 100-continue without a body',
      pieces: at('POST', { ...FORGED, Expect: '100-continue', 'Content-Length': '0' }),
      judge: closed,
    },
    {
      name: 'a GET with Expect: 100-continue',
      pieces: at('GET', { Expect: '100-continue' }),
      judge: closed,
    },
    {
      name: 'an unknown expectation',
      pieces: at('POST', { Expect: 'more' }, 'a=b'),
      judge: isRefusal,
    },
    {
      name: 'wide JSON',
      pieces: at('POST', json, WIDE),
      judge: refusedWith(400),
    },
    {
      name: 'nested wide JSON',
      pieces: at('POST', json, WIDE_WITHIN),
      judge: refusedWith(400),
    },
    {
      name: 'deep JSON with closing brackets',
      pieces: at('POST', json, DEEP_TO_ITS_END),
      judge: refusedWith(400),
    },
    { name: 'broken JSON', pieces: at('POST', json, '{"a":'), judge: closed },
    { name: 'deep JSON without closing brackets', pieces: at('POST', json, DEEP), judge: closed },
    {
      name: 'JSON with invalid characters',
      pieces: at('POST', json, `{"0":{"json":{"email":"${odd}","id":"${odd}"}}}`),
      judge: closed,
    },
    { name: 'JSON of the wrong type', pieces: at('POST', json, '"text"'), judge: closed },
    {
      name: 'JSON with prototype keys',
      pieces: at('POST', json, '{"__proto__":{"a":1},"constructor":{}}'),
      judge: closed,
    },
    {
      name: 'a form without a boundary',
      pieces: at('POST', { 'Content-Type': 'multipart/form-data' }, 'x'),
      judge: isRefusal,
    },
    {
      name: 'a truncated form',
      pieces: at(
        'POST',
        form,
        '--Zq7r8Zq7r8\r\nContent-Disposition: form-data; name="$ACTION_ID_x"\r\n\r\na',
      ),
      judge: closed,
    },
    {
      name: 'a malformed form',
      pieces: at('POST', form, '--Zq7r8Zq7r8\r\nNonsense\r\n\r\na\r\n--Zq7r8Zq7r8--\r\n'),
      judge: closed,
    },
    {
      name: 'a form with a forged action',
      pieces: at(
        'POST',
        form,
        '--Zq7r8Zq7r8\r\nContent-Disposition: form-data; name="$ACTION_REF_1"\r\n\r\n\r\n--Zq7r8Zq7r8\r\nContent-Disposition: form-data; name="$ACTION_1:0"\r\n\r\n{"id":"00","bound":"$@1"}\r\n--Zq7r8Zq7r8--\r\n',
      ),
      judge: closed,
    },
    {
      name: 'a long form',
      pieces: at('POST', { 'Content-Type': 'application/x-www-form-urlencoded' }, 'a=b&'.repeat(100_000)),
      judge: closed,
    },
    {
      name: 'an invalid content type',
      pieces: at('POST', { 'Content-Type': '\u00ff;;;=' }, 'x'),
      judge: closed,
    },
    {
      name: 'an unknown action',
      pieces: at('POST', { 'Next-Action': '00'.repeat(21), 'Content-Type': 'text/plain' }, '[]'),
      judge: closed,
    },
    { name: 'an invalid action id', pieces: at('POST', { 'Next-Action': `x${odd}` }, '[]'), judge: closed },
    {
      name: 'an invalid escape in the path',
      pieces: at('GET', {}, '', `${path.split('?')[0]}%E0%A4%A`),
      judge: refusedWith(400),
    },
    {
      name: 'a NUL in the path',
      pieces: at('GET', {}, '', `${path.split('?')[0]}%00`),
      judge: refusedWith(400),
    },
    {
      name: 'an invalid escape in the query',
      pieces: at('GET', {}, '', `${path}${query}a=%E0%A4%A&next=%00`),
      judge: closed,
    },
    {
      name: 'a nonsense query',
      pieces: at(
        'GET',
        {},
        '',
        `${path}${query}next=//${EVIL}&next=1&id[]=1&page=-1&month=0000-01&token=${'a'.repeat(4000)}&input=%7B&since=NaN&_rsc=1`,
      ),
      judge: closed,
    },
    {
      name: 'path traversal',
      pieces: at('GET', {}, '', `${path.split('?')[0]}/../../../etc/passwd`),
      judge: leaks,
    },
    {
      name: 'a path of unusual characters',
      pieces: at('GET', {}, '', `${path.split('?')[0]}/%F0%9F%92%A9%E2%80%AE%EF%BF%BF`),
      judge: leaks,
    },
    {
      name: 'an absolute URL as the path',
      pieces: at('GET', {}, '', `http://${EVIL}${path}`),
      judge: isRefusal,
    },
    { name: 'a path without a leading slash', pieces: at('GET', {}, '', `x${path}`), judge: isRefusal },
    { name: 'a path with two leading slashes', pieces: at('GET', {}, '', `//${EVIL}${path}`), judge: leaks },
    {
      name: 'a long path',
      pieces: at('GET', {}, '', `${path}${query}a=${'a'.repeat(20_000)}`),
      judge: isRefusal,
    },
    {
      name: 'a path of more than 8 KiB',
      pieces: at('GET', {}, '', `${path.split('?')[0]}/${'a'.repeat(9000)}`),
      judge: leaks,
    },
    {
      name: 'a query of more than 8 KiB',
      pieces: at('GET', {}, '', `${path}${query}next=/${'a'.repeat(9000)}&cursor=${'%7B'.repeat(500)}`),
      judge: closed,
    },
    {
      name: 'many query parameters',
      pieces: at('GET', {}, '', `${path}${query}${'a=1&'.repeat(3000)}`),
      judge: closed,
    },
    {
      name: 'many cookies',
      pieces: at('GET', { Cookie: Array.from({ length: 1500 }, (_, i) => `c${i}=1`).join('; ') }),
      judge: closed,
    },
    { name: 'an invalid host', pieces: [head('GET', path, 'a b<>@:x')], judge: isRefusal },
    { name: 'no host', pieces: [`GET ${path} HTTP/1.1\r\nConnection: close\r\n\r\n`], judge: isRefusal },
    { name: 'HTTP/1.0', pieces: [`GET ${path} HTTP/1.0\r\n\r\n`], judge: closed },
    {
      name: 'many headers',
      pieces: at('GET', Object.fromEntries(Array.from({ length: 900 }, (_, i) => [`x-${i}`, 'a']))),
      judge: closed,
    },
    {
      name: 'an oversized header',
      pieces: at('GET', { 'X-A': 'a'.repeat(60_000) }),
      judge: refusedWith(431),
    },
    {
      name: 'malformed cookies',
      pieces: at('GET', {
        Cookie: `authjs.session-token=%00${'x'.repeat(3000)}; __Host-authjs.csrf-token=%; =; a`,
      }),
      judge: closed,
    },
    {
      name: 'malformed router headers',
      pieces: at('GET', { RSC: '1', 'Next-Router-State-Tree': '%7B', 'Next-Url': `//${EVIL}` }),
      judge: closed,
    },
    {
      name: 'router headers that are not JSON',
      pieces: at('GET', {
        RSC: '1',
        'Next-Router-Prefetch': '9',
        'Next-Router-State-Tree': 'x',
        'Next-Router-Segment-Prefetch': '/x',
      }),
      judge: closed,
    },
    {
      name: 'internal headers of Next',
      pieces: at('GET', {
        'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy',
        'x-middleware-rewrite': `http://${EVIL}`,
        'x-matched-path': '/home',
        'x-now-route-matches': '1=x',
        'x-nextjs-data': '1',
        'next-resume': '1',
        'x-invoke-status': '200',
        'x-tributary-peer': 'x',
        'x-tributary-path': `//${EVIL}`,
      }),
      judge: closed,
    },
    {
      name: 'ranges and conditions',
      pieces: at('GET', {
        Range: 'bytes=9-1,-',
        'If-None-Match': '"',
        'If-Modified-Since': 'x',
        Accept: '\u00ff',
        'Accept-Language': ';q=',
        'Last-Event-ID': '\u00ff',
      }),
      judge: closed,
    },
    {
      name: 'an upgrade to WebSocket',
      pieces: at('GET', {
        Connection: 'Upgrade, close',
        Upgrade: 'websocket',
        'Sec-WebSocket-Key': 'x',
        'Sec-WebSocket-Version': '13',
      }),
      judge: closed,
      mayClose: true,
    },
    {
      name: 'an upgrade to HTTP/2',
      pieces: at('GET', {
        Connection: 'Upgrade, HTTP2-Settings, close',
        Upgrade: 'h2c',
        'HTTP2-Settings': 'AAMAAABk',
      }),
      judge: closed,
      mayClose: true,
    },
    {
      name: 'a CONNECT tunnel',
      pieces: [`CONNECT ${EVIL}:443 HTTP/1.1\r\nHost: ${EVIL}:443\r\n\r\n`],
      judge: isRefusal,
      mayClose: true,
    },
    {
      name: 'HTTP/1.0 with chunked encoding',
      pieces: [`POST ${path} HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n`],
      judge: isRefusal,
    },
    {
      name: 'two Host headers',
      pieces: [`GET ${path} HTTP/1.1\r\nHost: ${host}\r\nHost: ${EVIL}\r\nConnection: close\r\n\r\n`],
      judge: isRefusal,
    },
    {
      name: 'HTTP/2 over cleartext',
      pieces: ['PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
      judge: isRefusal,
      mayClose: true,
    },
    ...['POST', 'PUT', 'DELETE'].flatMap((method) => [
      {
        name: `${method} from another origin`,
        pieces: at(method, { Origin: `https://${EVIL}`, ...FORGED }, 'a=b'),
        judge: foreign(path, closed),
      },
      {
        name: `${method} from an opaque origin`,
        pieces: at(method, { Origin: 'null' }, 'a=b'),
        judge: foreign(path, closed),
      },
      {
        name: `${method} from another site`,
        pieces: at(method, { 'Sec-Fetch-Site': 'cross-site' }, 'a=b'),
        judge: foreign(path, closed),
      },
    ]),
    {
      name: 'an action from another origin',
      pieces: at('POST', { Origin: `https://${EVIL}`, 'Next-Action': '00'.repeat(21) }, '[]'),
      judge: foreign(path, closed),
    },
    {
      name: 'another origin with forged proxy headers',
      pieces: at(
        'POST',
        { Origin: `https://${EVIL}`, 'X-Forwarded-Host': EVIL, Forwarded: `host=${EVIL}` },
        'a=b',
      ),
      judge: foreign(path, closed),
    },
    { name: 'another host', pieces: [head('GET', path, EVIL)], judge: closed },
    {
      name: 'forged X-Forwarded headers',
      pieces: at('GET', {
        'X-Forwarded-Host': EVIL,
        'X-Forwarded-Proto': 'https',
        'X-Forwarded-For': '127.0.0.1',
      }),
      judge: (answer) => closed(answer) ?? namesEvil(answer),
    },
    {
      name: 'the same request three times',
      pieces: [
        `${head('POST', path, host, { Connection: 'keep-alive', ...FORGED, 'Content-Length': '3' })}a=b`.repeat(
          2,
        ) + at('POST', FORGED, 'a=b').join(''),
      ],
      judge: closed,
    },
    {
      name: 'too many pipelined requests',
      pieces: [head('GET', path, host, { Connection: 'keep-alive' }).repeat(200), head('GET', path, host)],
      mayClose: true,
    },
  ];
}

/** Paths that other systems call legitimately. */
const CALLED_BY_OTHERS = /^\/(api\/webhooks\/|api\/inngest$|sandbox(\/|$))/;
const foreign =
  (path: string, otherwise: (answer: Answer) => string | null) =>
  (answer: Answer): string | null =>
    CALLED_BY_OTHERS.test(path) ? otherwise(answer) : refusedWith(403)(answer);

/** A response must not reveal where in the code something failed. */
const leaks = ({ body }: Answer): string | null =>
  /\n\s+at .+:\d+:\d+\)?/.test(body) || body.includes('Failed query:') ? 'reveals a stack or a query' : null;
const namesEvil = ({ head: headers }: Answer): string | null =>
  new RegExp(`\r\n(?:location|set-cookie): [^\r]*${EVIL}`, 'i').test(headers)
    ? 'points to another host'
    : null;

/** The slow requests for one path. All of them run concurrently with everything else, so each path has its own sender. */
export function slow(path: string, host: string, sender: number): Attack[] {
  const judge = (answer: Answer): string | null =>
    answer.closed ? (answer.status === 0 ? null : isRefusal(answer)) : 'the server kept the connection open';
  const slowly = {
    everyMs: 1000,
    timeoutMs: 25_000,
    mayClose: true,
    judge,
    from: `127.0.${10 + Math.floor(sender / 250)}.${1 + (sender % 250)}`,
  };
  return [
    { ...slowly, name: 'slow headers', pieces: repeated(`POST ${path} HTTP/1.1\r\n`, 'X-A: b\r\n', 60) },
    {
      ...slowly,
      name: 'a body that stalls',
      pieces: [head('POST', path, host, { ...FORGED, Cookie: '', 'Content-Length': '1000' }), 'abc'],
    },
    {
      ...slowly,
      name: 'chunks that stall',
      pieces: [head('POST', path, host, { 'Transfer-Encoding': 'chunked' }), 'a\r\n0123456789\r\n'],
    },
  ];
}

/** Requests to paths that are not pages or routes of the manifest: paths that Next handles itself, and paths that do not exist. */
export function unroutedRequests(host: string): (Attack & { path: string })[] {
  const long = 'a'.repeat(9000);
  const paths = [
    `/_next/static/${long}`,
    '/_next/static/%2e%2e/%2e%2e/package.json',
    '/_next/static/chunks',
    '/_next/data/x/index.json',
    '/_next/image',
    '/_next/image?url=%2Ficon.svg&w=640&q=75',
    `/_next/image?url=http%3A%2F%2F${EVIL}%2Fa.png&w=640&q=75`,
    '/_next/image?url=%2F_next%2Fimage%3Furl%3D%252Ficon.svg%26w%3D640%26q%3D75&w=640&q=75',
    `/_next/image?url=%2F${long}&w=640&q=75`,
    '/_next/image?url=%2Ficon.svg&w=99999999&q=-1',
    `/${long}`,
    `/${'a/'.repeat(4000)}`,
    '/favicon.ico',
    '/robots.txt',
    '/.env',
    '/api',
    `/api/${long}`,
    '/api/trpc/',
    `/api/trpc/${'home.shell,'.repeat(800)}home.shell?batch=1`,
    `/api/trpc/home.shell?batch=1&input=${encodeURIComponent('['.repeat(4000))}`,
  ];
  return paths.flatMap((path) =>
    ['GET', 'POST'].map((method) => ({
      name: `${method} outside the manifest`,
      path: path.slice(0, 80),
      pieces: [head(method, path, host, method === 'POST' ? { 'Content-Length': '0' } : {})],
      judge: leaks,
    })),
  );
}

/** Requests to a server action. */
export function toAction(id: string, path: string, host: string): Attack[] {
  const at = (headers: Record<string, string>, body: string) => [
    head('POST', path, host, {
      'Content-Length': String(Buffer.byteLength(body)),
      'Next-Action': id,
      ...headers,
    }),
    body,
  ];
  const own = { Origin: `http://${host}` };
  const text = { 'Content-Type': 'text/plain;charset=UTF-8' };
  return [
    {
      name: 'an action from another origin',
      pieces: at({ ...text, Origin: `https://${EVIL}` }, '[]'),
      judge: refusedWith(403),
    },
    { name: 'an action without arguments', pieces: at({ ...own, ...text }, '[]') },
    { name: 'an action with broken arguments', pieces: at({ ...own, ...text }, '[{"a":') },
    { name: 'an action with deep arguments', pieces: at({ ...own, ...text }, '['.repeat(100_000)) },
    {
      name: 'an action with dangling references',
      pieces: at({ ...own, ...text }, '["$F1","$@2","$K3","$Q4","$o5"]'),
    },
    {
      name: 'an action with unusual arguments',
      pieces: at({ ...own, ...text }, '[{"error":null},"$K1",null,"\\u0000",1e999]'),
    },
    {
      name: 'an action with a truncated form',
      pieces: at(
        { ...own, 'Content-Type': 'multipart/form-data; boundary=Zq7r8Zq7r8' },
        '--Zq7r8Zq7r8\r\nContent-Disposition: form-data; name="0"\r\n\r\n["$K1"]',
      ),
    },
    {
      name: 'an action with a huge body',
      pieces: huge(
        head('POST', path, host, { ...own, ...text, 'Next-Action': id, 'Transfer-Encoding': 'chunked' }),
        HUGE,
      ),
      judge: refusedEarly,
    },
  ].map((attack) => ({ judge: leaks, ...attack }));
}
