/** How the user returned: from a session of the payment page or from the customer portal. */
export type Returned = { from: 'checkout'; sessionId: string } | { from: 'portal' };

/** Values of `checkout` in a URL for which there is no payment to look up. */
const ENDED = ['cancelled', 'unknown'] as const;
export type Ended = (typeof ENDED)[number];

const isEnded = (value: string): value is Ended => (ENDED as readonly string[]).includes(value);

/** Parses `checkout` in the URL of a page that payments return to. */
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

/** `path` with the outcome of the payment. */
export const outcomePath = (path: string, ended: Ended): string =>
  `${path}${path.includes('?') ? '&' : '?'}checkout=${ended}`;

/** Milliseconds until the next check whether a payment is complete, after `asked` checks; null to stop polling. */
export function nextPollDelay(asked: number): number | null {
  return asked > 20 ? null : Math.min(15_000, 1_000 * 2 ** Math.max(0, asked - 1));
}
