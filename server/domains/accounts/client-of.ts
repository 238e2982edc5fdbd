/** Where a request came from, for throttles and the list of sessions. */
export interface Client {
  ip: string;
  userAgent: string | null;
}

/**
 * Reads the client from headers. Of X-Forwarded-For the last entry counts: it is the one that the nearest proxy (or the
 * server itself) wrote, while all before it may be made up by the sender.
 */
export function clientOf(headers: Headers): Client {
  const forwarded = headers.get('x-forwarded-for')?.split(',').at(-1)?.trim();
  return {
    ip: (forwarded || headers.get('x-real-ip') || 'unknown').slice(0, 64),
    userAgent: headers.get('user-agent')?.slice(0, 300) ?? null,
  };
}
