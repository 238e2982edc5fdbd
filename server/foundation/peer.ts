import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { env } from './env';
import { onRequest } from './http/node-channels';
import { isLoopbackAddress, isLoopbackHost } from './loopback';
import { clientAddress, isProxy } from './proxies';

export { isLoopbackHost };

/** Says on a request where it came from. Always written by us: what a sender puts here counts for nothing. */
const HEADER = 'x-tributary-peer';
/** Says whose request it is (proxies.ts). Always written by us, too. */
const CLIENT = 'x-tributary-client';
/** Any of these says that something stands between the sender and us, so the socket's address is not the sender's. */
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

/** Of these, the ones that only a proxy which the settings name may send on. */
const CLAIMS = [...FORWARDED.filter((name) => name !== 'via'), 'x-forwarded-port', 'x-forwarded-prefix'];

// One for the process: the start file and the pages are bundled apart.
const shared = globalThis as typeof globalThis & { __tributaryPeerMark?: string };

/**
 * From now on each HTTP request of this process is marked with whether it came straight from this machine, and with whose it is, before
 * anything else reads it. Next gives pages no socket, and fills X-Forwarded-For with whatever the sender wrote there.
 */
export function watchPeers(): void {
  if (shared.__tributaryPeerMark) return;
  const mark = randomBytes(32).toString('base64url');
  shared.__tributaryPeerMark = mark;
  onRequest(({ request }) => {
    // Next asks itself for the page that an action leads to, with the headers of the first request: the mark stays.
    if (request.headers[HEADER] === mark) return;
    const { remoteAddress } = request.socket;
    const proxies = env().TRUSTED_PROXIES;
    const client = clientAddress(remoteAddress, request.headers['x-forwarded-for'], proxies);
    if (client) request.headers[CLIENT] = client;
    else delete request.headers[CLIENT];
    request.headers[HEADER] = isDirect(request) ? mark : 'elsewhere';
    // What others claim about the address that was asked for would be believed further in: by Next for the origin of actions, by
    // Auth.js for its own address.
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
 * The address of whoever sent a request, where `watchPeers` runs. Elsewhere (a host that starts a function for each request) the last
 * entry of X-Forwarded-For, which the host itself wrote. Null when nothing says it.
 */
export function senderOf(headers: Pick<Headers, 'get'>): string | null {
  if (shared.__tributaryPeerMark) return headers.get(CLIENT);
  return headers.get('x-forwarded-for')?.split(',').at(-1)?.trim() || headers.get('x-real-ip');
}

/**
 * Whether a request was sent on this very machine to this very machine: the socket is a loopback one, no proxy stands
 * between, and the address that was asked for is a loopback one too. The last is for browsers here whom a foreign page
 * leads to us under its own name (DNS rebinding). False wherever `watchPeers` does not run.
 */
export function isFromThisMachine(headers: Pick<Headers, 'get'>): boolean {
  const mark = shared.__tributaryPeerMark;
  return (
    mark !== undefined && headers.get(HEADER) === mark && isLoopbackHost(headers.get('host') ?? 'nowhere')
  );
}
