/** What the command palette can ask Home to ask: a link alone changes nothing. */
export const INTENTS = ['pause', 'start', 'stop', 'emergency'] as const;
export type PostingIntent = (typeof INTENTS)[number];
