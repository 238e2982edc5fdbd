import { Agent, DecoratorHandler, type Dispatcher, request } from 'undici';

export interface WireRequest {
  url: string;
  method: string;
  headers: Record<string, string>;
  body?: string | Uint8Array | undefined;
  timeoutMs: number;
  /** Called when the first byte is about to be written to the platform. */
  onSent(): void;
}
export interface WireResponse {
  status: number;
  headers: Record<string, string>;
  body: string;
}
/** Sends one request and reads the whole answer. Throws whatever went wrong on the way. */
export type Transport = (wire: WireRequest) => Promise<WireResponse>;

/** No answer of a platform's API that we ask for is anywhere near this. */
export const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

const shared = globalThis as typeof globalThis & { __tributaryAgent?: Dispatcher };
function agent(): Dispatcher {
  // One pool a process, also across bundles. Many posts may be due in one second: the pool is wide.
  shared.__tributaryAgent ??= new Agent({
    connect: { timeout: 5_000 },
    connections: 128,
    keepAliveTimeout: 10_000,
    maxResponseSize: MAX_ANSWER_BYTES,
  });
  return shared.__tributaryAgent;
}

/** Tells when undici has a connection and begins to write the request: before that nothing has left. */
class Watched extends DecoratorHandler {
  readonly #onSent: () => void;
  constructor(handler: Dispatcher.DispatchHandler, onSent: () => void) {
    super(handler);
    this.#onSent = onSent;
  }
  onRequestStart(controller: Dispatcher.DispatchController, context: unknown): void {
    this.#onSent();
    // The class's types leave its methods out.
    (DecoratorHandler.prototype as Dispatcher.DispatchHandler).onRequestStart?.call(
      this,
      controller,
      context,
    );
  }
}

/** Over the network. Follows no redirect, takes no compressed answer, reads no more than the limit. */
export const networkTransport: Transport = async (wire) => {
  const dispatcher = agent().compose(
    (dispatch) => (options, handler) => dispatch(options, new Watched(handler, wire.onSent)),
  );
  const response = await request(wire.url, {
    method: wire.method as Dispatcher.HttpMethod,
    headers: wire.headers,
    body: wire.body,
    dispatcher,
    headersTimeout: wire.timeoutMs,
    bodyTimeout: wire.timeoutMs,
    signal: AbortSignal.timeout(wire.timeoutMs),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response.body as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) {
      response.body.destroy();
      throw new AnswerTooLarge(`More than ${MAX_ANSWER_BYTES} bytes`);
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

/** A transport over anything that answers a Request, such as a handler in the same process. */
export const handlerTransport =
  (handle: (request: Request) => Response | Promise<Response>): Transport =>
  async (wire) => {
    const bare = wire.method === 'GET' || wire.method === 'HEAD' || wire.body === undefined;
    wire.onSent();
    const response = await handle(
      new Request(wire.url, {
        method: wire.method,
        headers: wire.headers,
        redirect: 'manual',
        ...(bare ? {} : { body: wire.body as BodyInit }),
      }),
    );
    const headers: Record<string, string> = {};
    response.headers.forEach((value, name) => {
      headers[name] = value;
    });
    return { status: response.status, headers, body: await response.text() };
  };
