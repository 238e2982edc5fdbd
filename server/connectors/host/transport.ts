import { Readable } from 'node:stream';
import { Agent, type buildConnector, DecoratorHandler, type Dispatcher, request } from 'undici';
import {
  assertPublicHost,
  PUBLIC_NETWORK,
  publicLookup,
  SafeFetchError,
  type SafeFetchNetwork,
} from '@/server/foundation/safe-fetch';

/** A body that is read while it is sent. `chunks` is called at most once. */
export interface StreamedBody {
  /** Exact size. A transport that sends another number of bytes fails. */
  readonly bytes: number;
  chunks(): AsyncIterable<Uint8Array>;
}
export type WireBody = string | Uint8Array | StreamedBody;
const isStreamed = (body: WireBody | undefined): body is StreamedBody =>
  typeof body === 'object' && 'chunks' in body;

export interface WireRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: WireBody | undefined;
  timeoutMs: number;
  /** The connector's name of the operation. A sign-in has none. */
  operation?: string | undefined;
  /** Called when the first byte is about to be written to the platform. */
  onSent(): void;
}
export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}
/** Sends one request and reads the whole response. Rejects with any network error. */
export type Transport = (wire: WireRequest) => Promise<WireResponse>;

/** Far larger than any response we request. */
export const MAX_RESPONSE_BYTES = 4 * 1024 * 1024;

export class ResponseTooLarge extends Error {
  override readonly name = 'ResponseTooLarge';
}

const shared = globalThis as typeof globalThis & {
  __tributaryAgent?: Dispatcher;
  __tributaryGuardedAgent?: Dispatcher;
};
const newAgent = (connect: buildConnector.BuildOptions): Dispatcher =>
  new Agent({
    connect: { timeout: 5_000, ...connect },
    // Wide because many posts may be due in the same second.
    connections: 128,
    keepAliveTimeout: 10_000,
    maxResponseSize: MAX_RESPONSE_BYTES,
  });
/** One pool per process, shared across bundles. */
function agent(): Dispatcher {
  shared.__tributaryAgent ??= newAgent({});
  return shared.__tributaryAgent;
}

/** Reports when undici has a connection and starts to write the request. Nothing has been sent before that. */
class SendObserver extends DecoratorHandler {
  readonly #onSent: () => void;
  constructor(handler: Dispatcher.DispatchHandler, onSent: () => void) {
    super(handler);
    this.#onSent = onSent;
  }
  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#onSent();
    // The type of the class omits its methods.
    (DecoratorHandler.prototype as Dispatcher.DispatchHandler).onRequestStart?.call(
      this,
      controller,
      context,
    );
  }
}

/** Sends over the network. Follows no redirects, accepts no compressed responses and reads no more than the limit. */
export const networkTransport: Transport = (wire) => send(agent(), wire);

/**
 * Creates a transport for servers that users name. Sends like `networkTransport`, but only with https, and only to public addresses: the
 * addresses of each new connection are checked, so a name that leads elsewhere later is refused as well.
 */
export function guardedTransport(world: SafeFetchNetwork, pool: () => Dispatcher): Transport {
  return async (wire) => {
    const url = new URL(wire.url);
    if (url.protocol !== 'https:' || url.username !== '' || url.password !== '')
      throw new SafeFetchError('not_allowed');
    assertPublicHost(url, world);
    return send(pool(), wire);
  };
}

/** The agent of a guarded transport. `tls` replaces the certificate authorities that it trusts. */
export const guardedAgent = (world: SafeFetchNetwork, tls: { ca?: string } = {}): Dispatcher =>
  newAgent({ ...tls, lookup: publicLookup(world) });

/** Sends to a server that a user named. */
export const publicTransport: Transport = guardedTransport(PUBLIC_NETWORK, () => {
  shared.__tributaryGuardedAgent ??= guardedAgent(PUBLIC_NETWORK);
  return shared.__tributaryGuardedAgent;
});

const send = async (pool: Dispatcher, wire: WireRequest): Promise<WireResponse> => {
  const dispatcher = pool.compose(
    (dispatch) => (options, handler) => dispatch(options, new SendObserver(handler, wire.onSent)),
  );
  const response = await request(wire.url, {
    method: wire.method as Dispatcher.HttpMethod,
    headers: isStreamed(wire.body)
      ? { ...wire.headers, 'content-length': String(wire.body.bytes) }
      : wire.headers,
    body: isStreamed(wire.body) ? Readable.from(wire.body.chunks(), { objectMode: false }) : wire.body,
    dispatcher,
    headersTimeout: wire.timeoutMs,
    bodyTimeout: wire.timeoutMs,
    signal: AbortSignal.timeout(wire.timeoutMs),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_RESPONSE_BYTES) {
      response.body.destroy();
      throw new ResponseTooLarge(`More than ${MAX_RESPONSE_BYTES} bytes`);
    }
    chunks.push(chunk);
  }
  return {
    status: response.statusCode,
    headers: Object.fromEntries(
      Object.entries(response.headers).map(([name, value]) => [name.toLowerCase(), String(value ?? '')]),
    ),
    body: Buffer.concat(chunks).toString('utf8'),
  };
};

/** Collects a body in memory. For handlers in the same process, and tests. */
export async function collectBody(body: WireBody): Promise<string | Uint8Array> {
  if (!isStreamed(body)) return body;
  const chunks: Uint8Array[] = [];
  for await (const chunk of body.chunks()) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Creates a transport from a function that handles a Request, such as a handler in the same process. */
export const handlerTransport =
  (handle: (request: Request) => Response | Promise<Response>): Transport =>
  async (wire) => {
    const bare = wire.method === 'GET' || wire.method === 'HEAD' || wire.body === undefined;
    wire.onSent();
    const body = wire.body === undefined ? undefined : await collectBody(wire.body);
    const response = await handle(
      new Request(wire.url, {
        method: wire.method,
        headers: wire.headers,
        redirect: 'manual',
        ...(bare ? {} : { body: body as BodyInit }),
      }),
    );
    const headers: Record<string, string> = {};
    response.headers.forEach((value, name) => {
      headers[name] = value;
    });
    return { status: response.status, headers, body: await response.text() };
  };
