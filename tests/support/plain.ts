import { type Fact, verbatim } from '@/server/foundation/facts';

/** Creates a fact with this text, for tests that need an arbitrary fact. */
export const plain = (text: string): Fact => verbatim(text);
