import { AppError } from '@/server/foundation/errors';
import { type Fact, fact } from '@/server/foundation/facts';

/** Minimum zxcvbn score: "safely unguessable", 10^8 guesses. Enough to withstand an attack on a stolen table of slow hashes. */
const MIN_SCORE = 3;
/**
 * Number of leading characters that the estimator reads. Its time grows with the square of the length, and a password whose first
 * characters are weak is rejected as a whole.
 */
const ESTIMATED_LENGTH = 40;
/** Product-specific words that an attacker tries first. */
const PRODUCT = ['tributary'];
/** Shorter words are part of too many other words, so they only count as whole words. */
const WHOLE_ONLY_BELOW = 4;

/** What an attacker may know about the user. */
export interface Owner {
  name: string;
  email: string;
}

/**
 * Throws `invalid` for a guessable password: one with the user's name, address or the product name in it, one from lists of breached
 * passwords (also with letters replaced by digits or with a year appended), a keyboard pattern or a repetition. Server only, because the
 * lists take megabytes. Blocks the process for some milliseconds, so rate limits must come first.
 */
export async function assertNotGuessable(password: string, owner: Owner): Promise<void> {
  const reason = ownWordIn(password, owner) ?? (await whyGuessable(password, owner));
  if (reason)
    throw new AppError('invalid', fact('accounts.errors.passwordGuessable'), {
      fields: { password: fact('accounts.errors.passwordGuessableHere', { reason }) },
    });
}

/** Common letter substitutions and the letters they stand for, as in `Tr1but@ry`. */
const LEET: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
};
/** Returns the text without case and accents. */
const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
const unswapped = (text: string) => [...text].map((letter) => LEET[letter] ?? letter).join('');
const wordsOf = (text: string) =>
  plain(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 1);

function ownWordIn(password: string, owner: Owner): Fact | null {
  const forms = [plain(password), unswapped(plain(password))];
  const has = (word: string) =>
    word.length < WHOLE_ONLY_BELOW
      ? forms.some((form) => form.split(/[^\p{L}]+/u).includes(word))
      : forms.some((form) => form.includes(word));
  const [local = '', domain = ''] = owner.email.split('@');
  // The top-level domain is left out, so that passwords may contain "com" or "org".
  const address = [...wordsOf(local), ...wordsOf(domain.replace(/\.[^.]*$/, ''))];
  if (wordsOf(owner.name).some(has)) return fact('accounts.problems.ownName');
  if (address.some((word) => word.length >= WHOLE_ONLY_BELOW && has(word)))
    return fact('accounts.problems.ownAddress');
  if (PRODUCT.some(has)) return fact('accounts.problems.ownProduct');
  return null;
}

async function whyGuessable(password: string, owner: Owner): Promise<Fact | null> {
  const { check } = await estimator();
  const looked = password.normalize('NFKC').slice(0, ESTIMATED_LENGTH);
  const { score, sequence } = check(looked, [owner.name, owner.email, ...PRODUCT]);
  const listed = sequence.filter((part) => part.pattern === 'dictionary' && part.token.length >= 4);
  const rest = sequence.filter((part) => !listed.includes(part)).map((part) => part.token);
  // A single listed word decorated with digits and symbols, which cracking programs try first.
  const dressed =
    listed.length === 1 && /^[^\p{L}]*$/u.test(rest.join('')) && password.length <= ESTIMATED_LENGTH;
  if (score >= MIN_SCORE && !dressed) return null;
  if (listed.some((part) => part.dictionaryName === 'passwords-common'))
    return fact('accounts.problems.stolen');
  if (listed.length > 0) return fact('accounts.problems.dressedWord');
  if (sequence.some((part) => part.pattern === 'repeat')) return fact('accounts.problems.repeats');
  if (sequence.some((part) => part.pattern === 'spatial')) return fact('accounts.problems.keyboard');
  return fact('accounts.problems.fewTries');
}

let loading: ReturnType<typeof load> | undefined;
/** Loads the estimator on the first new password and keeps it: about half a second and 30 MB. */
const estimator = () => {
  loading ??= load();
  return loading;
};
async function load() {
  const [{ ZxcvbnFactory }, common, english] = await Promise.all([
    import('@zxcvbn-ts/core'),
    import('@zxcvbn-ts/language-common'),
    import('@zxcvbn-ts/language-en'),
  ]);
  const zxcvbn = new ZxcvbnFactory({
    dictionary: { ...common.dictionary, ...english.dictionary },
    graphs: common.adjacencyGraphs,
    // Maximum number of letter-substitution readings. With the default of 512, a hostile password takes a second.
    l33tMaxSubstitutions: 32,
  });
  return { check: (password: string, own: string[]) => zxcvbn.check(password, own) };
}
