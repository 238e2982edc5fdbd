// Written by scripts/platforms.mjs.

/** Platforms that Tributary knows, in display order. */
export const PLATFORM_IDS = [
  'x',
  'facebook',
  'etsy',
  'bluesky',
  'linkedin',
  'youtube',
  'mastodon',
  'telegram',
] as const;
export type PlatformId = (typeof PLATFORM_IDS)[number];
