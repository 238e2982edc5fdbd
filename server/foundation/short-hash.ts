import { createHash } from 'node:crypto';

/** Hashes a text to 22 base64url characters (132 bits), enough to tell any two versions of something apart. */
export const shortHash = (text: string): string =>
  createHash('sha256').update(text).digest('base64url').slice(0, 22);
