/** Questions that the command palette can make Home ask, because a link alone must not change anything. */
export const INTENTS = ['pause', 'start', 'stop', 'emergency'] as const;
export type PostingIntent = (typeof INTENTS)[number];
