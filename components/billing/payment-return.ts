/** How a person came back: from a session of the payment page, or from the customer portal. */
export type Returned = { from: 'checkout'; sessionId: string } | { from: 'portal' };

/** What `checkout` in an address says when no payment is to be looked for. */
const ENDED = ['cancelled', 'unknown'] as const;
export type Ended = (typeof ENDED)[number];

const isEnded = (value: string): value is Ended => (ENDED as readonly string[]).includes(value);

/** Reads `checkout` in the address of a page that payments come back to. */
export function readReturn(checkout: string | string[] | undefined): {
  returned: Returned | null;
  ended: Ended | null;
} {
  if (typeof checkout !== 'string' || checkout === '') return { returned: null, ended: null };
  if (isEnded(checkout)) return { returned: null, ended: checkout };
  return {
    returned: checkout === 'portal' ? { from: 'portal' } : { from: 'checkout', sessionId: checkout },
    ended: null,
  };
}

/** `path` with how the payment ended. */
export const endedPath = (path: string, ended: Ended): string =>
  `${path}${path.includes('?') ? '&' : '?'}checkout=${ended}`;

/** Milliseconds to wait before asking once more whether a payment is through, after `asked` answers. null: no more by itself. */
export function nextAsk(asked: number): number | null {
  return asked > 20 ? null : Math.min(15_000, 1_000 * 2 ** Math.max(0, asked - 1));
}
