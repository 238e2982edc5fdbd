import { expect } from 'vitest';
import { english } from '@/i18n/words';
import { describeFactsWith, isFact } from '@/server/foundation/facts';

// Errors hold their words in English, as in a started process.
describeFactsWith(english);

// `toEqual` and `toMatchObject` take a fact's English words for the fact.
expect.addEqualityTesters([
  (a: unknown, b: unknown) => {
    if (isFact(a) && typeof b === 'string') return english(a) === b;
    if (typeof a === 'string' && isFact(b)) return a === english(b);
    return undefined;
  },
]);

expect.extend({
  /** A fact (or a text) whose English words hold this text or match this pattern. */
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
