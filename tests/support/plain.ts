import { type Fact, verbatim } from '@/server/foundation/facts';

/** A fact that says this text, where a test needs some fact. */
export const plain = (text: string): Fact => verbatim(text);
