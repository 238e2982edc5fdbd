import { fact, type Words } from '../facts';
import { DEFAULT_LIMIT } from './limits';

/** Thrown when a body exceeds its limit. */
export class BodyTooLarge extends Error {
  constructor() {
    super('The body of the request is too large');
    this.name = 'BodyTooLarge';
  }
}

/**
 * Reads the whole body of a request and limits its size, for every route handler that reads one. On our own server the request guard counts
 * the bytes, too, but a serverless host has no guard.
 * @throws BodyTooLarge as soon as more than `limit` bytes are announced or have arrived
 */
export async function readBytes(request: Request, limit = DEFAULT_LIMIT.bytes): Promise<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) throw new BodyTooLarge();
  if (!request.body) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel().catch(() => {});
      throw new BodyTooLarge();
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks);
}

/** Reads the body of a request as text. Returns null if it is longer than `limit` bytes, and never reads more than that. */
export async function readLimited(request: Request, limit = DEFAULT_LIMIT.bytes): Promise<string | null> {
  try {
    return Buffer.from(await readBytes(request, limit)).toString('utf8');
  } catch (error) {
    if (error instanceof BodyTooLarge) return null;
    throw error;
  }
}

/**
 * Returns the same request with its body read and counted, for third-party code that reads without a limit. Returns null if the body is too
 * long.
 */
export async function withLimitedBody(
  request: Request,
  limit = DEFAULT_LIMIT.bytes,
): Promise<Request | null> {
  if (request.method === 'GET' || request.method === 'HEAD') return request;
  try {
    const body = await readBytes(request, limit);
    return new Request(request.url, {
      method: request.method,
      headers: request.headers,
      signal: request.signal,
      ...(body.byteLength > 0 ? { body: new Uint8Array(body) } : {}),
    });
  } catch (error) {
    if (error instanceof BodyTooLarge) return null;
    throw error;
  }
}

/** Returns the response to a body that is too long, in the client's language. */
export const tooLargeResponse = ({ say }: Words): Response =>
  Response.json(
    { error: { message: say(fact('errors.tooMuch')) } },
    { status: 413, headers: { 'Cache-Control': 'no-store' } },
  );

/**
 * Returns the same request with its body counted while other code reads it. A body that is too long fails with `BodyTooLarge` instead of
 * ending. `passed` returns whether that happened.
 */
export function withCountedBody(
  request: Request,
  limit: number,
): { request: Request; passed: () => boolean } {
  if (!request.body) return { request, passed: () => false };
  let bytes = 0;
  const body = request.body.pipeThrough(
    new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        bytes += chunk.byteLength;
        if (bytes > limit) controller.error(new BodyTooLarge());
        else controller.enqueue(chunk);
      },
    }),
  );
  const counted = new Request(request.url, {
    method: request.method,
    headers: request.headers,
    signal: request.signal,
    body,
    duplex: 'half',
  } as RequestInit);
  return { request: counted, passed: () => bytes > limit };
}
