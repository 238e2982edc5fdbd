import { randomBytes } from 'node:crypto';
import { ID_ALPHABET as ALPHABET, ID_PREFIX } from './id-prefix';

export { ID_PREFIX };

const TAIL_LENGTH = 16;
/** The last id of each kind in this process: its time in milliseconds and the digits after the time, each 0 to 31. */
const last = new Map<string, { time: number; tail: number[] }>();

/**
 * Creates a sortable id: typed prefix, 48 bits of time in milliseconds, 80 random bits, in Crockford's base 32 (the layout of ULID,
 * https://github.com/ulid/spec). Ids of a kind that one process creates in the same millisecond are in the order of their creation, as ULID's monotonic
 * form: what is due at the same instant goes out in that order.
 */
export function newId(kind: keyof typeof ID_PREFIX, at: number = Date.now()): string {
  let time = at;
  let head = '';
  for (let i = 0; i < 10; i++) {
    head = ALPHABET[time % 32] + head;
    time = Math.floor(time / 32);
  }
  const before = last.get(kind);
  const tail = (before?.time === at ? after(before.tail) : undefined) ?? randomTail();
  last.set(kind, { time: at, tail });
  return `${ID_PREFIX[kind]}_${head}${tail.map((digit) => ALPHABET[digit]).join('')}`;
}

const randomTail = (): number[] => Array.from(randomBytes(TAIL_LENGTH), (byte) => byte & 31);

/** Returns `tail` plus a random step of 1 to 2^30, or undefined when that does not fit. */
function after(tail: readonly number[]): number[] | undefined {
  const sum = [...tail];
  let carry = (randomBytes(4).readUInt32BE() >>> 2) + 1;
  for (let i = TAIL_LENGTH - 1; i >= 0 && carry > 0; i--) {
    carry += sum[i] ?? 0;
    sum[i] = carry % 32;
    carry = Math.floor(carry / 32);
  }
  return carry > 0 ? undefined : sum;
}

declare const brand: unique symbol;
/** A workspace id that a gate has checked: the caller is a member, or the system acts for the workspace. */
export type WorkspaceId = string & { readonly [brand]: 'WorkspaceId' };
/** Creates a WorkspaceId. Only gates (session, webhook, background function, seed, test) may call it. */
export const asWorkspaceId = (id: string): WorkspaceId => id as WorkspaceId;
