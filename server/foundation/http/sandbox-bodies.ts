// Written by scripts/platforms.mjs.

/** Requests to the sandbox that may have a larger body than others: the pattern of the path below it, and the maximum size. */
export const SANDBOX_BODIES: readonly {
  readonly path: string;
  readonly method: 'POST' | 'PUT';
  /** A credential in the address is a part of the path. */
  readonly credential: 'bearer' | 'address';
  readonly bytes: number;
}[] = [
  { path: '/x/2/media/upload/[^/]+/append', method: 'POST', credential: 'bearer', bytes: 8388608 },
  { path: '/facebook/v\\d+\\.\\d/[^/]+/photos', method: 'POST', credential: 'bearer', bytes: 10551296 },
  {
    path: '/facebook/graph-video/v\\d+\\.\\d/[^/]+/videos',
    method: 'POST',
    credential: 'bearer',
    bytes: 8388608,
  },
  { path: '/etsy/.+/listings/[^/]+/(images|files)', method: 'POST', credential: 'bearer', bytes: 21037056 },
  {
    path: '/bluesky/[^/]+/xrpc/com.atproto.repo.uploadBlob',
    method: 'POST',
    credential: 'bearer',
    bytes: 6291456,
  },
  {
    path: '/linkedin/dms-uploads/[^/]+/uploaded-(?:image|video|document)/[0-9]+',
    method: 'PUT',
    credential: 'bearer',
    bytes: 104857600,
  },
  { path: '/mastodon/.+/api/v2/media', method: 'POST', credential: 'bearer', bytes: 104857600 },
  {
    path: '/telegram/bot[^/]+/send(Photo|Animation|Video|Document)',
    method: 'POST',
    credential: 'address',
    bytes: 53477376,
  },
  { path: '/telegram/bot[^/]+/sendMediaGroup', method: 'POST', credential: 'address', bytes: 106954752 },
];
