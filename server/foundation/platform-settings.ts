// Written by scripts/platforms.mjs.

/** The settings of this installation that each platform takes, by their names in the environment. */
export const PLATFORM_SETTINGS = {
  x: ['X_CLIENT_ID', 'X_CLIENT_SECRET'],
  facebook: ['FACEBOOK_CLIENT_ID', 'FACEBOOK_CLIENT_SECRET'],
  etsy: ['ETSY_CLIENT_ID', 'ETSY_CLIENT_SECRET'],
  linkedin: ['LINKEDIN_CLIENT_ID', 'LINKEDIN_CLIENT_SECRET'],
} as const;
