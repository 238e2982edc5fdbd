import type { Part } from '@/db/schema';

/** All that goes out, the post first and then what follows it, as a person reads it. */
export const textsOf = (post: { text: string; link: string | null; parts: readonly Part[] }): string =>
  [post, ...post.parts].map((one) => [one.text, one.link].filter(Boolean).join('\n')).join('\n\n');
