// Written by scripts/platforms.mjs.

/** Requests to the sandbox that may have a larger body than others: the pattern of the path below it, and the maximum size. */
export const SANDBOX_BODIES: readonly { readonly path: string; readonly bytes: number }[] = [
  { path: '/x/2/media/upload/[^/]+/append', bytes: 8388608 },
  { path: '/facebook/v\\d+\\.\\d/[^/]+/photos', bytes: 10551296 },
  { path: '/facebook/graph-video/v\\d+\\.\\d/[^/]+/videos', bytes: 8388608 },
  { path: '/etsy/.+/listings/[^/]+/(images|files)', bytes: 21037056 },
  { path: '/bluesky/[^/]+/xrpc/com.atproto.repo.uploadBlob', bytes: 6291456 },
  { path: '/linkedin/dms-uploads/[^/]+/uploaded-(?:image|video|document)/[0-9]+', bytes: 104857600 },
  { path: '/mastodon/.+/api/v2/media', bytes: 104857600 },
  { path: '/telegram/bot[^/]+/send(Photo|Animation|Video|Document)', bytes: 53477376 },
  { path: '/telegram/bot[^/]+/sendMediaGroup', bytes: 106954752 },
];
