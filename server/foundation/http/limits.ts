import type { IncomingHttpHeaders } from 'node:http';
import { SANDBOX_BODIES } from './sandbox-bodies';

/** Limits for the body of a request. */
export interface BodyLimit {
  /** Maximum size in bytes, counted as they arrive. */
  bytes: number;
  /** Maximum time for the complete body. */
  seconds: number;
  /** Maximum time without any data. */
  idleSeconds: number;
}

/**
 * A route that accepts larger bodies than others. It reads its body as a stream, and only after it has checked who sends it. If only the
 * complete body can be checked, it is buffered instead.
 */
export interface LargeBody extends BodyLimit {
  /** The route as named in the build's manifest. */
  route: string;
  method: 'POST' | 'PUT';
  /** The paths of that route with this limit. */
  path: RegExp;
  /** Credential that a request must carry before more than the usual size is read. The route checks that it is valid. */
  credential: 'session' | 'bearer' | 'address' | 'signature';
  /**
   * The body is buffered until it is complete, like ordinary bodies, because its signature covers all of it. Such bodies share a memory
   * limit of their own.
   */
  kept?: true;
}

const KIB = 1024;
const MIB = 1024 * KIB;
/** Boundaries and headers of the form that contains the file. */
const FORM = 64 * KIB;

/** Applies to every route and page that is not listed below. */
export const DEFAULT_LIMIT: BodyLimit = { bytes: MIB, seconds: 60, idleSeconds: 15 };

const upload = { method: 'POST', seconds: 30 * 60, idleSeconds: 60 } as const;
const sandboxUpload = {
  route: '/sandbox/[[...path]]',
  seconds: 5 * 60,
  idleSeconds: 15,
} as const;

/**
 * Maximum size of a call from an Inngest server: the event and the results of a run's steps, 4 MiB by its own count (MaxSDKRequestBodySize
 * in https://github.com/inngest/inngest/blob/main/pkg/consts/consts.go; the app fetches anything beyond that itself). The server converts
 * the JSON to its canonical form only after counting, which makes some numbers longer.
 */
export const INNGEST_CALL_BYTES = 4 * MIB + 64 * KIB;

/** All routes that accept a larger body than the usual one. */
export const LARGE_BODIES: readonly LargeBody[] = [
  { ...upload, route: '/api/files', path: /^\/api\/files$/, bytes: 20 * MIB + FORM, credential: 'session' },
  { ...upload, route: '/api/media', path: /^\/api\/media$/, bytes: 100 * MIB + FORM, credential: 'session' },
  ...SANDBOX_BODIES.map(({ path, ...more }) => ({
    ...sandboxUpload,
    ...more,
    path: new RegExp(`^/sandbox${path}$`),
  })),
  {
    route: '/api/inngest',
    method: 'POST',
    path: /^\/api\/inngest$/,
    credential: 'signature',
    kept: true,
    bytes: INNGEST_CALL_BYTES,
    seconds: 60,
    idleSeconds: 15,
  },
];

/** Routes whose response stays open for a long time. They do not take a slot for requests that are being answered. */
const HELD_OPEN = /^\/api\/(live|generate|inngest|health)$/;
export const isHeldOpen = (path: string): boolean => HELD_OPEN.test(path);

/** Returns the larger limit declared for a request, or null. */
export function largeBodyFor(method: string | undefined, path: string): LargeBody | null {
  return LARGE_BODIES.find((large) => large.method === method && large.path.test(path)) ?? null;
}

/** Names of the session cookie of Auth.js, over http and over https. A long cookie is split into numbered parts. */
const SESSION_COOKIE = /(?:^|;\s*)(?:__Secure-)?authjs\.session-token(?:\.\d+)?=[^;\s]/;

/** For each kind of credential, whether headers contain one. */
const CREDENTIALS: Readonly<Record<LargeBody['credential'], (headers: IncomingHttpHeaders) => boolean>> = {
  session: ({ cookie }) => SESSION_COOKIE.test(cookie ?? ''),
  bearer: ({ authorization }) => /^(?:Bearer|OAuth) \S/i.test(authorization ?? ''),
  // The path, which has matched, contains it.
  address: () => true,
  signature: (headers) => /^t=\d{1,12}&s=[0-9a-f]{64}$/.test(String(headers['x-inngest-signature'] ?? '')),
};

/** Whether a request carries the credential that a larger body requires. It may still be invalid: the route checks that. */
export const carriesCredential = (headers: IncomingHttpHeaders, kind: LargeBody['credential']): boolean =>
  CREDENTIALS[kind](headers);
