import { expect } from 'vitest';
import { english } from '@/i18n/words';
import { describeFactsWith, isFact } from '@/server/foundation/facts';

// Errors render their facts in English, as in a started process.
describeFactsWith(english);

// `toEqual` and `toMatchObject` treat a fact and its English text as equal.
expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (isFact(a) && typeof b === 'string') return english(a) === b;
    if (typeof a === 'string' && isFact(b)) return a === english(b);
    return undefined;
  },
]);

expect.extend({
  /** Expects the English text of a fact (or a text) to contain this text or match this pattern. */
  toSay(received: unknown, wanted: string | RegExp) {
    const words = isFact(received) ? english(received) : String(received);
    const pass = typeof wanted === 'string' ? words.includes(wanted) : wanted.test(words);
    return { pass, message: () => `expected “${words}” ${pass ? 'not ' : ''}to say ${wanted}` };
  },
});

declare module 'vitest' {
  // biome-ignore lint/suspicious/noExplicitAny: the shape of vitest's own interface
  interface Matchers<T = any> {
    toSay(wanted: string | RegExp): T;
  }
}
