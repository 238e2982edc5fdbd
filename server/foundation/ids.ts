import { randomBytes } from 'node:crypto';
import { ID_ALPHABET as ALPHABET, ID_PREFIX } from './id-prefix';

export { ID_PREFIX };

/**
 * Creates a sortable id: typed prefix, 48 bits of time in milliseconds, 80 random bits, in Crockford's base 32 (the layout of ULID,
 * https://github.com/ulid/spec).
 */
export function newId(kind: keyof typeof ID_PREFIX, at: number = Date.now()): string {
  let time = at;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = ALPHABET[time % 32] + head;
    time = Math.floor(time / 32);
  }
  let tail = '';
  for (const byte of randomBytes(16)) tail += ALPHABET[byte & 31];
  return `${ID_PREFIX[kind]}_${head}${tail}`;
}

declare const brand: unique symbol;
/** A workspace id that a gate has checked: the caller is a member, or the system acts for the workspace. */
export type WorkspaceId = string & { readonly [brand]: 'WorkspaceId' };
/** Creates a WorkspaceId. Only gates (session, webhook, background function, seed, test) may call it. */
export const asWorkspaceId = (id: string): WorkspaceId => id as WorkspaceId;
