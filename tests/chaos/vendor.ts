import { createHash, randomBytes } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { getDb } from '@/db/client';
import { readByAddress } from '@/server/domains/files/read-by-address';
import { seeded, seedOf } from '@/server/sandbox/random';
import {
  appendToJournal,
  FAULT_HEADER,
  follow,
  type HarnessMessage,
  orders,
  ready,
  reportIdle,
} from './messages';
import { effectFault, numberIn, readFault, tokenFault, uploadFault, type VendorFault } from './plan';
import { isRenewal, SYNTHETIC_CHARACTERS } from './targets';

/**
 * The vendors of a chaos run: three synthetic platforms with their own record of effects, and a proxy to the sandbox. Every request passes
 * through the faults of the plan here, before or after its effect. The sandbox itself answers those that have a vendor's own shape
 * (sandbox.ts).
 */
interface Effect {
  platform: string;
  account: string;
  text: string;
  id: string;
  /** Id of the parent post. */
  replyTo: string | null;
  pictures: { alt: string; hash: string }[];
  key: string | null;
  /** When it happened by the vendor's clock; `runTime` is the same in the time of the run. */
  at: number;
  runTime: number;
}
/** How long the keyed vendor recognizes a key (`publishKey`). */
const KEY_LIFE_MS = 3_600_000;

const { seed, journal, ...rest } = orders();
let { travel, faults, slow } = rest;
/** Faults of effects continue to the end of the run, because each post has only a few. */
let faulty = faults;
const port = Number(process.env.CHAOS_VENDOR_PORT);
const sandboxPort = Number(process.env.CHAOS_SANDBOX_PORT);
const storage = process.env.CHAOS_VENDOR_STORE ?? '';

const effects: Effect[] = existsSync(storage)
  ? readFileSync(storage, 'utf8')
      .split('\n')
      .flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Effect]))
  : [];
const byKey = new Map(effects.flatMap((e) => (e.key ? [[`${e.account} ${e.key}`, e] as const] : [])));
const ordinals = new Map<string, number>();
/** Number of requests whose effect is still to come. The time of the run must not jump meanwhile, because no vendor takes minutes. */
let pending = 0;
const whenIdle: (() => void)[] = [];
const settled = () => {
  pending--;
  if (pending === 0) for (const go of whenIdle.splice(0)) go();
};

/** Error of the vendor's clock, because nothing may depend on that clock being right. */
const clockError = Math.round((seeded(seedOf(seed, 'vendor clock'))() * 2 - 1) * 10 * 60_000);
const now = () => Date.now() + travel;
const sleep = (ms: number) => new Promise<void>((done) => setTimeout(done, ms));
const next = (key: string): number => {
  const at = ordinals.get(key) ?? 0;
  ordinals.set(key, at + 1);
  return at;
};

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: Buffer.from(JSON.stringify(body)),
});

/** Fetches a picture as a platform does, from the address that the app gave it. */
async function fetchPicture({ url, alt }: { url: string; alt: string }): Promise<Effect['pictures'][number]> {
  const token = /\/api\/media\/public\/([\w-]+)$/.exec(new URL(url).pathname)?.[1] ?? '';
  const { content } = await readByAddress(
    { db: await getDb(), clock: { now: () => new Date(now()) } },
    token,
    null,
  );
  if (!content) throw new Error('the picture is empty');
  const hash = createHash('md5');
  for await (const piece of content) hash.update(piece);
  return { alt, hash: hash.digest('hex') };
}

async function synthetic(platform: string, incoming: IncomingMessage, body: string): Promise<Answer> {
  const account = /^Bearer (.+)$/.exec(incoming.headers.authorization ?? '')?.[1];
  if (!account) return json(401, { error: 'unauthorized' });
  if (incoming.method === 'GET') {
    const since = Number(new URL(incoming.url ?? '', 'http://vendor').searchParams.get('since'));
    const posts = effects.filter((e) => e.account === account && e.at >= since);
    return json(200, { posts: posts.map(({ id, text, replyTo }) => ({ id, text, replyTo })) });
  }
  const header = incoming.headers['idempotency-key'];
  const key = platform === 'keyed' && typeof header === 'string' ? header : null;
  const known = key === null ? undefined : byKey.get(`${account} ${key}`);
  if (known && now() - known.runTime < KEY_LIFE_MS) return json(201, { id: known.id });
  const { text, replyTo, media } = JSON.parse(body) as {
    text: string;
    replyTo: string | null;
    media: { url: string; alt: string }[];
  };
  if (replyTo !== null && !effects.some((e) => e.id === replyTo && e.account === account))
    return json(422, { error: 'the parent post does not exist' });
  if (text.length > SYNTHETIC_CHARACTERS) return json(422, { error: 'the text is too long' });
  const pictures: Effect['pictures'] = [];
  try {
    for (const one of media) pictures.push(await fetchPicture(one));
  } catch (error) {
    return json(422, { error: `a picture cannot be fetched: ${error}` });
  }
  // The same request may have arrived again while the pictures were fetched.
  const meanwhile = key === null ? undefined : byKey.get(`${account} ${key}`);
  if (meanwhile) return json(201, { id: meanwhile.id });
  const effect: Effect = {
    platform,
    account,
    text,
    id: randomBytes(8).toString('hex'),
    replyTo,
    pictures,
    key,
    at: now() + clockError,
    runTime: now(),
  };
  // Persisted before it takes effect, as a real vendor would.
  appendFileSync(storage, `${JSON.stringify(effect)}\n`);
  effects.push(effect);
  if (key !== null) byKey.set(`${account} ${key}`, effect);
  return json(201, { id: effect.id });
}

function toSandbox(incoming: IncomingMessage, body: Buffer, fault: VendorFault | null): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { 'transfer-encoding': _, ...headers } = incoming.headers;
    const onward = request(
      {
        port: sandboxPort,
        host: '127.0.0.1',
        method: incoming.method,
        path: incoming.url,
        headers: {
          ...headers,
          'content-length': body.byteLength,
          ...(fault ? { [FAULT_HEADER]: JSON.stringify(fault) } : {}),
        },
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 502, headers: answer.headers, body: Buffer.concat(chunks) }),
        );
        answer.on('error', reject);
      },
    );
    onward.on('error', reject);
    onward.end(body);
  });
}

const platformOf = (incoming: IncomingMessage): string | undefined =>
  /^\/sandbox\/(?:chaos\/)?([\w-]+)\//.exec(incoming.url ?? '')?.[1];
/**
 * Returns the plan's fault for this request. Requests with the text of a post are counted by its number, renewals of sign-ins and other
 * requests that change something by platform, and reads by account.
 */
function faultFor(incoming: IncomingMessage, body: string): VendorFault | null {
  const platform = platformOf(incoming);
  const number = incoming.method === 'GET' ? null : numberIn(body);
  if (!platform || !faulty || (number === null && !faults)) return null;
  if (number !== null) return effectFault(seed, number, next(`post ${number}`));
  if (isRenewal(incoming.url ?? '')) return tokenFault(seed, platform, next(`token ${platform}`));
  if (incoming.method !== 'GET') return uploadFault(seed, platform, next(`upload ${platform}`));
  // Accounts of the sandbox are in the path; their tokens differ in every run.
  const account = /\d{9,}/.exec(incoming.url ?? '')?.[0] ?? incoming.headers.authorization ?? '';
  return readFault(seed, account, next(`read ${account}`));
}

const OWN_SHAPE: ReadonlySet<VendorFault['kind']> = new Set(['429', '500_before', '500_after', 'nonsense']);

async function handle(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
  } catch {
    // The caller was killed while sending.
    return settled();
  }
  const bytes = Buffer.concat(chunks);
  const body = bytes.toString('utf8');
  const platform = /^\/sandbox\/chaos\/(\w+)\//.exec(incoming.url ?? '')?.[1];
  let open = true;
  const done = () => {
    if (open) settled();
    open = false;
  };
  const work = async () => {
    try {
      return await (platform ? synthetic(platform, incoming, body) : toSandbox(incoming, bytes, ownShape));
    } finally {
      done();
    }
  };
  const planned = faultFor(incoming, body);
  // A real platform answers these in its own words and headers.
  const ownShape = !platform && planned && OWN_SHAPE.has(planned.kind) ? planned : null;
  const fault = ownShape ? null : planned;
  if (planned)
    appendToJournal(journal, {
      vendor: platform ?? incoming.url,
      number: numberIn(body),
      fault: planned.kind,
    });
  const reset = () => incoming.socket.destroy();
  const broken = () => send(outgoing, json(500, { error: 'internal error' }));
  if (fault && /^(429|500_before|reset_before|timeout_before)$/.test(fault.kind)) done();
  switch (fault?.kind) {
    case '429':
      return send(outgoing, json(429, { error: 'rate limited' }, { 'retry-after': String(fault.seconds) }));
    case '500_before':
      return broken();
    case 'reset_before':
      return void reset();
    case 'timeout_before':
      return;
    case 'late':
      // Callers scale their timeout by the same factor.
      await sleep(fault.ms * slow);
      await work();
      return;
    case 'slow':
      await sleep(fault.ms / 2);
      break;
  }
  const answer = await work();
  switch (fault?.kind) {
    case '500_after':
      return broken();
    case 'reset_after':
      return void reset();
    case 'timeout_after':
      return;
    case 'nonsense':
      return send(outgoing, {
        status: 200,
        headers: { 'content-type': 'text/html' },
        body: Buffer.from('<p>{'),
      });
    case 'slow':
      await sleep(fault.ms / 2);
  }
  send(outgoing, answer);
}

function send(outgoing: ServerResponse, { status, headers, body }: Answer): void {
  if (outgoing.destroyed) return;
  const { 'transfer-encoding': _, connection: __, ...kept } = headers;
  outgoing.writeHead(status, { ...kept, 'content-length': body.length });
  outgoing.end(body);
}

follow((told: HarnessMessage) => {
  travel = told.travel ?? travel;
  faults = told.faults ?? faults;
  slow = told.slow ?? slow;
  faulty ||= faults;
  if (told.ask === 'idle') {
    const go = () => reportIdle();
    if (pending === 0) go();
    else whenIdle.push(go);
  }
});
const server = createServer((incoming, outgoing) => {
  pending++;
  handle(incoming, outgoing).catch((error: unknown) => {
    console.error(error);
    outgoing.destroy();
  });
});
server.keepAliveTimeout = 30_000;
server.listen(port, '127.0.0.1', () => ready());
