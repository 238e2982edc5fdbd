import { senderOf } from '@/server/foundation/peer';

/** Where a request came from, for throttles and the list of sessions. */
export interface Client {
  ip: string;
  userAgent: string | null;
}

/** Reads the client from headers. */
export function clientOf(headers: Headers): Client {
  return {
    ip: (senderOf(headers) ?? 'unknown').slice(0, 64),
    userAgent: headers.get('user-agent')?.slice(0, 300) ?? null,
  };
}
