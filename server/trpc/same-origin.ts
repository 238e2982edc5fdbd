import { env } from '@/server/foundation/env';

/**
 * Whether a request that changes something comes from our own pages. Browsers say so in Sec-Fetch-Site or, older ones, in
 * Origin; a request with neither is no browser's and carries no person's cookie by accident.
 */
export function isSameOrigin(request: Request): boolean {
  const origin = request.headers.get('origin');
  if (origin !== null) {
    let host: string;
    try {
      host = new URL(origin).host;
    } catch {
      return false;
    }
    const own = [
      request.headers.get('x-forwarded-host'),
      request.headers.get('host'),
      new URL(env().appUrl).host,
    ];
    return own.includes(host);
  }
  const site = request.headers.get('sec-fetch-site');
  return site === null || site === 'same-origin' || site === 'none';
}

/** The body of a request as text, or null when it is longer than `limit` bytes. Never reads more than that. */
export async function readLimited(request: Request, limit: number): Promise<string | null> {
  if (Number(request.headers.get('content-length') ?? 0) > limit) return null;
  if (!request.body) return '';
  const chunks: Uint8Array[] = [];
  let size = 0;
  const reader = request.body.getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    size += value.byteLength;
    if (size > limit) {
      await reader.cancel();
      return null;
    }
    chunks.push(value);
  }
  return Buffer.concat(chunks).toString('utf8');
}
