import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { env } from './env';
import { onRequest } from './http/node-channels';
import { isLoopbackAddress, isLoopbackHost } from './loopback';
import { clientAddress, isProxy } from './proxies';

export { isLoopbackHost };

/** Header that indicates where a request came from. Always set by this process; a value sent by a client is never trusted. */
const HEADER = 'x-tributary-peer';
/** Header that contains the address of the client (proxies.ts). Always set by this process, too. */
const CLIENT = 'x-tributary-client';
/** Headers that indicate a proxy in between, so that the address of the socket is not the client's. */
const FORWARDED = [
  'forwarded',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-real-ip',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
];

/** Headers that only a configured proxy may pass on. */
const CLAIMS = [...FORWARDED.filter((name) => name !== 'via'), 'x-forwarded-port', 'x-forwarded-prefix'];

// One per process: the start file and the pages are bundled separately.
const shared = globalThis as typeof globalThis & { __tributaryPeerMark?: string };

/**
 * Starts marking each HTTP request of this process, before anything else reads it, with its client's address and with whether it came
 * directly from this machine. Next does not expose the socket to pages, and fills X-Forwarded-For with whatever the client sent.
 */
export function watchPeers(): void {
  if (shared.__tributaryPeerMark) return;
  const mark = randomBytes(32).toString('base64url');
  shared.__tributaryPeerMark = mark;
  onRequest(({ request }) => {
    // When an action redirects, Next requests the target page from itself, with the headers of the first request. The marker is kept.
    if (request.headers[HEADER] === mark) return;
    const { remoteAddress } = request.socket;
    const proxies = env().TRUSTED_PROXIES;
    const client = clientAddress(remoteAddress, request.headers['x-forwarded-for'], proxies);
    if (client) request.headers[CLIENT] = client;
    else delete request.headers[CLIENT];
    request.headers[HEADER] = isDirect(request) ? mark : 'elsewhere';
    // Later code would believe these headers from any client: Next for the origin of actions, Auth.js for its own address.
    if (!isProxy(remoteAddress, proxies)) for (const name of CLAIMS) delete request.headers[name];
  });
}

function isDirect({ headers, socket }: IncomingMessage): boolean {
  return (
    headers[HEADER] === undefined &&
    FORWARDED.every((name) => headers[name] === undefined) &&
    isLoopbackAddress(socket.remoteAddress)
  );
}

/**
 * Returns the address of a request's client as set by `watchPeers`. Where that does not run (a host that starts a function for each
 * request), it is the last entry of X-Forwarded-For, which the host itself wrote. Null if unknown.
 */
export function senderOf(headers: Pick<Headers, 'get'>): string | null {
  if (shared.__tributaryPeerMark) return headers.get(CLIENT);
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || headers.get('x-real-ip');
}

/**
 * Whether a request was sent from this machine to this machine: over a loopback socket, without a proxy, and to a loopback host. The last
 * condition is for browsers on this machine that a foreign page leads here under its own name (DNS rebinding). Always false where
 * `watchPeers` does not run.
 */
export function isFromThisMachine(headers: Pick<Headers, 'get'>): boolean {
  const mark = shared.__tributaryPeerMark;
  return (
    mark !== undefined && headers.get(HEADER) === mark && isLoopbackHost(headers.get('host') ?? 'nowhere')
  );
}
