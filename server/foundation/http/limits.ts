import type { IncomingHttpHeaders } from 'node:http';

/** What a request may bring, and how long it may take to do so. */
export interface BodyLimit {
  /** Bytes of the body, counted as they arrive. */
  bytes: number;
  /** For how long the whole body may be on its way. */
  seconds: number;
  /** For how long nothing of it may arrive. */
  idleSeconds: number;
}

/**
 * A route that takes more than others. It reads its body as a stream, and only after it has checked who sends it; or its body is kept whole
 * where only all of it can be checked.
 */
export interface LargeBody extends BodyLimit {
  /** The route as the build's manifest names it. */
  route: string;
  method: 'POST' | 'PUT';
  /** The paths of that route that take as much. */
  path: RegExp;
  /** What the request must carry before more than the usual size is read. The route checks that it is valid. */
  credential: 'session' | 'bearer' | 'signature';
  /** Kept until it is whole, as ordinary bodies are: its signature covers all of it. Such bodies have a limit of their own together. */
  kept?: true;
}

const KIB = 1024;
const MIB = 1024 * KIB;
/** Boundaries and headers of the form around a file. */
const FORM = 64 * KIB;

/** For every route and page that is not listed below. */
export const DEFAULT_LIMIT: BodyLimit = { bytes: MIB, seconds: 60, idleSeconds: 15 };

const upload = { method: 'POST', seconds: 30 * 60, idleSeconds: 60 } as const;
const sandboxUpload = {
  route: '/sandbox/[[...path]]',
  credential: 'bearer',
  method: 'POST',
  seconds: 5 * 60,
  idleSeconds: 15,
} as const;

/**
 * What an Inngest server sends in one call: the event and what the steps of a run have given back, 4 MiB as it counts them
 * (MaxSDKRequestBodySize in https://github.com/inngest/inngest/blob/main/pkg/consts/consts.go; what is more, the app fetches by itself).
 * It brings the JSON into its canonical form only afterwards, which writes some numbers longer.
 */
export const INNGEST_CALL_BYTES = 4 * MIB + 64 * KIB;

/** Every route that takes a larger body than the usual one. Nothing else does. */
export const LARGE_BODIES: readonly LargeBody[] = [
  { ...upload, route: '/api/files', path: /^\/api\/files$/, bytes: 20 * MIB + FORM, credential: 'session' },
  { ...upload, route: '/api/media', path: /^\/api\/media$/, bytes: 100 * MIB + FORM, credential: 'session' },
  { ...sandboxUpload, path: /^\/sandbox\/x\/2\/media\/upload\/[^/]+\/append$/, bytes: 8 * MIB },
  { ...sandboxUpload, path: /^\/sandbox\/facebook\/v\d+\.\d\/[^/]+\/photos$/, bytes: 10 * MIB + FORM },
  {
    ...sandboxUpload,
    path: /^\/sandbox\/facebook\/graph-video\/v\d+\.\d\/[^/]+\/videos$/,
    bytes: 8 * MIB,
  },
  {
    ...sandboxUpload,
    path: /^\/sandbox\/etsy\/.+\/listings\/[^/]+\/(images|files)$/,
    bytes: 20 * MIB + FORM,
  },
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

/** Routes whose answer stays open for long: they do not take one of the places for requests that are being answered. */
const HELD_OPEN = /^\/api\/(live|generate|inngest|health)$/;
export const isHeldOpen = (path: string): boolean => HELD_OPEN.test(path);

/** The larger limit that is declared for a request, or null. */
export function largeBodyFor(method: string | undefined, path: string): LargeBody | null {
  return LARGE_BODIES.find((large) => large.method === method && large.path.test(path)) ?? null;
}

/** The names that Auth.js gives the session's cookie, over http and over https; a long one comes in numbered parts. */
const SESSION_COOKIE = /(?:^|;\s*)(?:__Secure-)?authjs\.session-token(?:\.\d+)?=[^;\s]/;

/** What a larger body wants its request to carry. */
const CREDENTIALS: Readonly<Record<LargeBody['credential'], (headers: IncomingHttpHeaders) => boolean>> = {
  session: ({ cookie }) => SESSION_COOKIE.test(cookie ?? ''),
  bearer: ({ authorization }) => /^(?:Bearer|OAuth) \S/i.test(authorization ?? ''),
  signature: (headers) => /^t=\d{1,12}&s=[0-9a-f]{64}$/.test(String(headers['x-inngest-signature'] ?? '')),
};

/** Whether a request carries what a larger body wants. It says nothing about its being valid: the route checks that. */
export const carriesCredential = (headers: IncomingHttpHeaders, kind: LargeBody['credential']): boolean =>
  CREDENTIALS[kind](headers);
