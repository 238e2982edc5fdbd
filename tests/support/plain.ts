import { type Fact, fact } from '@/server/foundation/facts';

/** A fact that says this text, where a test needs some fact. */
export const plain = (text: string): Fact => fact('validation.other', { detail: text });
